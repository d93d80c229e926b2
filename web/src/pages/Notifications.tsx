import { Badge, Button, Group, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { IconBell } from '@tabler/icons-react'
import { Link } from 'react-router'

import { readNotifications } from '../api/calls'
import { client } from '../api/client'
import { useNotifications } from '../api/queries'
import { Empty, PageHead, tellFault, Trouble, Waiting } from '../parts/states'
import { moment, notified } from '../parts/words'

export function Component() {
  const found = useNotifications()
  const read = useMutation({
    mutationFn: () => readNotifications(),
    onError: tellFault,
    onSuccess: () => client.invalidateQueries({ queryKey: ['notifications'] }),
  })
  if (found.isPending) return <Waiting />
  if (found.data === undefined) return <Trouble error={found.error} what="Your notifications" again={() => void found.refetch()} />
  const items = found.data.pages.flatMap((page) => page.items)
  return (
    <>
      <PageHead title="Notifications">
        {items.some((one) => !one.read) && (
          <Button variant="default" loading={read.isPending} onClick={() => read.mutate()}>
            Mark all as read
          </Button>
        )}
      </PageHead>
      <div className="page-body">
        {items.length === 0 ? (
          <Empty icon={<IconBell size={32} />} title="Nothing new">
            When you become a reviewer or labeler of a task, and when a task that you made has finished or failed, it says so here.
          </Empty>
        ) : (
          <div className="card">
            <ul className="acts">
              {items.map((one) => (
                <li key={one.id}>
                  <Group gap="xs" wrap="nowrap">
                    <Text size="sm" fw={one.read ? 400 : 600}>
                      {notified(one)} <Link className="row-link" to={`/projects/${one.project_id}/tasks/${one.task_id}`}>{one.task}</Link>
                    </Text>
                    {!one.read && <Badge size="sm" radius="sm" variant="light" tt="none">new</Badge>}
                    <Text size="xs" c="dimmed" component="time" dateTime={one.at}>
                      {moment(one.at)}
                    </Text>
                  </Group>
                </li>
              ))}
            </ul>
          </div>
        )}
        {found.hasNextPage && (
          <Button size="xs" variant="default" mt="sm" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
            Earlier
          </Button>
        )}
      </div>
    </>
  )
}
