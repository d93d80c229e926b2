import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import '@mantine/spotlight/styles.css'
import './pages.css'
import './viewer.css'
import './task.css'
import './grid/grid.css'

import { MantineProvider } from '@mantine/core'
import { ModalsProvider } from '@mantine/modals'
import { Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createBrowserRouter, Navigate, Outlet, RouterProvider, useLocation } from 'react-router'

import { client } from './api/client'
import { useMe } from './api/queries'
import { Fault } from './api/request'
import { ActionsProvider } from './parts/controls'
import { nonce } from './parts/nonce'
import { Shell } from './parts/Shell'
import { Trouble, Waiting } from './parts/states'
import { theme, variables } from './theme'

/** Everything behind the door: without a session one is led to the sign-in page and back again afterwards. */
function Inside() {
  const me = useMe()
  const { pathname, search } = useLocation()
  if (me.isPending) return <Waiting />
  if (me.error instanceof Fault && me.error.status === 401) return <Navigate to={`/sign-in?to=${encodeURIComponent(pathname + search)}`} replace />
  if (me.data === undefined) return <Trouble error={me.error} what="Labelmill" again={() => void me.refetch()} />
  return (
    <ActionsProvider>
      <Shell />
    </ActionsProvider>
  )
}

const router = createBrowserRouter([
  {
    element: <Outlet />,
    HydrateFallback: Waiting,
    children: [
      { path: '/sign-in', lazy: () => import('./pages/SignIn') },
      {
        element: <Inside />,
        children: [
          { index: true, element: <Navigate to="/projects" replace /> },
          { path: '/projects', lazy: () => import('./pages/Projects') },
          { path: '/projects/:project', element: <Navigate to="inputs" replace /> },
          { path: '/projects/:project/inputs', lazy: () => import('./pages/Inputs') },
          { path: '/projects/:project/inputs/:input', lazy: () => import('./pages/InputViewer') },
          { path: '/projects/:project/datasets', lazy: () => import('./pages/Datasets') },
          { path: '/projects/:project/concepts', lazy: () => import('./pages/Concepts') },
          { path: '/projects/:project/settings', lazy: () => import('./pages/Settings') },
          { path: '/projects/:project/models', lazy: () => import('./pages/Models') },
          { path: '/projects/:project/members', lazy: () => import('./pages/Members') },
          { path: '/projects/:project/tasks', lazy: () => import('./pages/Tasks') },
          { path: '/projects/:project/tasks/new', lazy: () => import('./pages/NewTask') },
          { path: '/projects/:project/tasks/:task', lazy: () => import('./pages/Task') },
          { path: '/projects/:project/tasks/:task/review', lazy: () => import('./pages/Review') },
          { path: '/projects/:project/tasks/:task/review/grid', lazy: () => import('./pages/GridReview') },
          { path: '/projects/:project/tasks/:task/label', lazy: () => import('./pages/Label') },
          { path: '/notifications', lazy: () => import('./pages/Notifications') },
          { path: '/account', lazy: () => import('./pages/Profile') },
          { path: '*', lazy: () => import('./pages/Nowhere') },
        ],
      },
    ],
  },
])

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <MantineProvider getStyleNonce={() => nonce} theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <QueryClientProvider client={client}>
        <ModalsProvider>
          <Notifications position="top-center" />
          <RouterProvider router={router} />
        </ModalsProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)
