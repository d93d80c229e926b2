/** What is known of the server's answers, shared by all pages. */
import { QueryCache, QueryClient } from '@tanstack/react-query'

import { Fault } from './request'

export const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    // a session that has ended is noticed by whichever page asks first; who one is is asked again, which leads to the door
    onError: (error, { queryKey }) => {
      if (error instanceof Fault && error.status === 401 && queryKey[0] !== 'me') void client.invalidateQueries({ queryKey: ['me'] })
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // that the server cannot be reached is told at once, and found out when it can again
      refetchInterval: ({ state: { error } }) => (error instanceof Fault && error.status === 0 ? 5_000 : false),
      retry: (times, error) => times < 2 && !(error instanceof Fault && error.status < 500),
    },
  },
})
