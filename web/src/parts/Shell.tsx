import { ActionIcon, AppShell, Group, Indicator, Menu, NavLink, Text, Tooltip, UnstyledButton } from '@mantine/core'
import {
  IconBell, IconChevronDown, IconCommand, IconCube, IconFolders, IconKeyboard, IconLayoutSidebar, IconListCheck, IconLogout, IconMoonStars, IconPhoto, IconSettings, IconStack2, IconTags, IconUser,
  IconUsers,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link, Outlet, useLocation, useNavigate } from 'react-router'

import type { ActionId } from '../actions'
import { useEvents, useMe, useProject, useProjects, useUnread } from '../api/queries'
import { Fault } from '../api/request'
import { projectIn, useAction, useFolded } from './controls'
import { Trouble } from './states'
import { UnsavedPanel } from './UnsavedPanel'
import { UploadPanel } from './UploadPanel'
import { whole } from './words'

export function Shell() {
  const folded = useFolded()
  const project = projectIn(useLocation().pathname)
  const lost = useEvents(project ?? 0)
  const { error } = useProject(project ?? 0)
  const unknown = project !== null && error instanceof Fault && error.status === 404
  return (
    <AppShell padding={0} navbar={{ width: folded ? 56 : 212, breakpoint: 0 }} transitionDuration={120}>
      <AppShell.Navbar className="sidebar" p={8}>
        <Brand folded={folded} />
        {project !== null && !unknown && <ProjectSwitch project={project} folded={folded} />}
        <nav aria-label="Pages" className="sidebar-links">
          {project === null || unknown ? (
            <Page to="/projects" label="Projects" icon={<IconFolders size={18} />} folded={folded} />
          ) : (
            <>
              <Page to={`/projects/${project}/inputs`} label="Inputs" icon={<IconPhoto size={18} />} folded={folded} />
              <Page to={`/projects/${project}/datasets`} label="Datasets" icon={<IconStack2 size={18} />} folded={folded} />
              <Page to={`/projects/${project}/concepts`} label="Concepts" icon={<IconTags size={18} />} folded={folded} />
              <Page to={`/projects/${project}/models`} label="Models" icon={<IconCube size={18} />} folded={folded} />
              <Page to={`/projects/${project}/tasks`} label="Labeling Tasks" icon={<IconListCheck size={18} />} folded={folded} />
              <Page to={`/projects/${project}/members`} label="Collaborators" icon={<IconUsers size={18} />} folded={folded} />
              <Page to={`/projects/${project}/settings`} label="Settings" icon={<IconSettings size={18} />} folded={folded} />
            </>
          )}
        </nav>
        <div className="sidebar-links">
          <Does id="palette" icon={<IconCommand size={18} />} folded={folded} />
          <Does id="help" icon={<IconKeyboard size={18} />} folded={folded} />
          <Does id="scheme" icon={<IconMoonStars size={18} />} folded={folded} />
          <Bell folded={folded} />
          <Person folded={folded} />
        </div>
      </AppShell.Navbar>
      <AppShell.Main className="main">
        {lost && !unknown && (
          <Text size="sm" className="lost" role="status">
            The connection to the server is lost. What is shown may be old; it is tried again by itself.
          </Text>
        )}
        <NoPassword />
        {unknown ? <Trouble error={error} what="The project" /> : <Outlet />}
      </AppShell.Main>
      <UploadPanel />
      <UnsavedPanel />
    </AppShell>
  )
}

/** Who came by an invitation and signs out without a password cannot come back; a link for the operator comes with each start. */
function NoPassword() {
  const me = useMe().data
  if (me === undefined || me.has_password || me.operator) return null
  return (
    <Text size="sm" className="told" role="status">
      You have no password yet: once you sign out, only a new link lets you in again.{' '}
      <Link className="text-link" to="/account">
        Set a password
      </Link>
    </Text>
  )
}

function Brand({ folded }: { folded: boolean }) {
  const { run, hint, label } = useAction('sidebar')
  return (
    <Group justify="space-between" px={folded ? 4 : 8} pb={8} wrap="nowrap">
      {!folded && (
        <Group gap={8} component={Link} {...{ to: '/projects' }} className="brand">
          <img src="/mark.svg" width={22} height={22} alt="" />
          <Text fw={650} size="md">
            Labelmill
          </Text>
        </Group>
      )}
      <Tooltip label={hint} position="right">
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label} onClick={run}>
          <IconLayoutSidebar size={18} />
        </ActionIcon>
      </Tooltip>
    </Group>
  )
}

function ProjectSwitch({ project, folded }: { project: number; folded: boolean }) {
  const one = useProject(project)
  const all = useProjects()
  const navigate = useNavigate()
  const name = one.data?.name ?? '…'
  return (
    <Menu width={230} position="bottom-start">
      <Menu.Target>
        <UnstyledButton className="project-switch" aria-label={`Project ${name}: switch`}>
          {folded ? (
            <Text fw={600} ta="center" w="100%">
              {name.slice(0, 1).toUpperCase()}
            </Text>
          ) : (
            <>
              <Text size="sm" fw={600} className="ellipsis">
                {name}
              </Text>
              <IconChevronDown size={14} style={{ flex: 'none' }} />
            </>
          )}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {all.data?.slice(0, 12).map(({ id, name: other }) => (
          <Menu.Item key={id} fw={id === project ? 600 : undefined} onClick={() => void navigate(`/projects/${id}/inputs`)}>
            {other}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconFolders size={15} />} onClick={() => void navigate('/projects')}>
          All projects
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

interface LinkProps {
  label: string
  icon: ReactNode
  folded: boolean
}

function Page({ to, label, icon, folded }: LinkProps & { to: string }) {
  const here = useLocation().pathname.startsWith(to)
  return (
    <Tooltip label={label} position="right" disabled={!folded}>
      <NavLink component={Link} to={to} active={here} aria-current={here ? 'page' : undefined} label={folded ? undefined : label} leftSection={icon} aria-label={label} />
    </Tooltip>
  )
}

function Does({ id, icon, folded }: { id: ActionId; icon: ReactNode; folded: boolean }) {
  const { label, hint, run } = useAction(id)
  return (
    <Tooltip label={hint} position="right">
      <NavLink component="button" onClick={run} label={folded ? undefined : label} leftSection={icon} aria-label={label} />
    </Tooltip>
  )
}

function Bell({ folded }: { folded: boolean }) {
  const count = useUnread().data?.count ?? 0
  const label = count > 0 ? `Notifications: ${whole(count)} new` : 'Notifications'
  const icon = (
    <Indicator disabled={count === 0} size={8} offset={2} radius="xl" display="flex">
      <IconBell size={18} />
    </Indicator>
  )
  return (
    <Tooltip label={label} position="right" disabled={!folded}>
      <NavLink component={Link} to="/notifications" label={folded ? undefined : label} leftSection={icon} aria-label={label} />
    </Tooltip>
  )
}

function Person({ folded }: { folded: boolean }) {
  const me = useMe()
  const profile = useAction('profile')
  const out = useAction('sign-out')
  const name = me.data?.name ?? ''
  const initial = <span className="initial" data-initial={name.slice(0, 1).toUpperCase()} />
  return (
    <Menu position="right-end" width={230}>
      <Menu.Target>
        <NavLink component="button" label={folded ? undefined : name} leftSection={initial} aria-label={name === '' ? 'Profile' : `${name}: profile`} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconUser size={15} />} onClick={profile.run}>
          {profile.label}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={15} />} onClick={out.run}>
          {out.label}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
