import { Alert, createTheme, type CSSVariablesResolver, type MantineColorsTuple, NavLink } from '@mantine/core'

// A neutral with a trace of blue: surfaces step back behind pictures in both schemes.
const dark: MantineColorsTuple = [
  '#e4e6eb', '#b9bdc7', '#989eab', '#6f7684', '#3d424d', '#2f343d', '#252931', '#1b1e24', '#15181d', '#0f1115',
]

// Leaf green, amber and slate mean approved, before a reviewer and discarded, and nothing else anywhere.
const approved: MantineColorsTuple = [
  '#e9f7ec', '#d3ecd9', '#a8d9b3', '#79c58b', '#52b46a', '#3aa955', '#2b9348', '#227a3a', '#1b652f', '#114c22',
]
const review: MantineColorsTuple = [
  '#fff3e0', '#ffe5c2', '#ffca87', '#ffae48', '#fb9a21', '#f08c0c', '#d97706', '#b45f06', '#924c08', '#6d3805',
]
const discarded: MantineColorsTuple = [
  '#f3f4f6', '#e4e6e9', '#cdd0d6', '#b0b5be', '#979da8', '#848b98', '#737a87', '#5c626e', '#494e58', '#33373e',
]

// deep enough for white words on it
const red: MantineColorsTuple = [
  '#fff5f5', '#ffe3e3', '#ffc9c9', '#ffa8a8', '#ff8787', '#ff6b6b', '#fa5252', '#c92a2a', '#b82626', '#a51111',
]

export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 7, dark: 8 },
  colors: { dark, approved, review, discarded, red },
  defaultRadius: 'sm',
  radius: { xs: '3px', sm: '5px', md: '7px', lg: '10px' },
  fontFamily: 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '19px' },
  headings: { sizes: { h1: { fontSize: '20px' }, h2: { fontSize: '15px' }, h3: { fontSize: '13px' } }, fontWeight: '600' },
  spacing: { xs: '6px', sm: '10px', md: '14px', lg: '20px', xl: '28px' },
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Alert: Alert.extend({
      styles: { body: { minWidth: 0 } }, // a long line in it is cut, not the words around it
      vars: (_, { color }) => {
        const ink = color === 'red' ? 'var(--lm-alarm)' : 'var(--lm-accent-text)'
        return { root: { '--alert-bg': `color-mix(in srgb, ${ink} 10%, var(--lm-surface))`, '--alert-bd': `1px solid color-mix(in srgb, ${ink} 35%, transparent)`, '--alert-color': ink } }
      },
    }),
    NavLink: NavLink.extend({
      vars: () => ({ root: { '--nl-bg': 'color-mix(in srgb, var(--mantine-primary-color-filled) 14%, transparent)', '--nl-color': 'var(--lm-accent-text)' }, children: {} }),
    }),
    Modal: { defaultProps: { centered: true, closeButtonProps: { 'aria-label': 'Close' }, transitionProps: { duration: 120 } }, styles: { title: { fontWeight: 600, fontSize: '15px' } } },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Dismiss' } } },
    Menu: { defaultProps: { shadow: 'md', transitionProps: { duration: 120 } } },
    Tooltip: { defaultProps: { openDelay: 350, transitionProps: { duration: 120 }, withArrow: false } },
    Button: { defaultProps: { size: 'sm' } },
    TextInput: { defaultProps: { size: 'sm' } },
    Table: { defaultProps: { verticalSpacing: 7, horizontalSpacing: 'sm', borderColor: 'var(--lm-line)', highlightOnHoverColor: 'color-mix(in srgb, var(--mantine-color-text) 5%, var(--lm-surface))' } },
    TableScrollContainer: { defaultProps: { scrollAreaProps: { offsetScrollbars: 'present' } } },
    Paper: { defaultProps: { shadow: undefined } },
  },
})

/** What lies around a picture, for the canvas as well. */
export const GROUND = { light: '#e9ebef', dark: '#0c0e11' } as const

/** The tokens that style sheets, canvas and grid read beside Mantine's own. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--lm-ground': '#f6f7f9',
    '--lm-surface': '#ffffff',
    '--lm-line': '#e3e6ea',
    '--lm-stage': GROUND.light,
    '--lm-approved': '#2b9348',
    '--lm-review': '#d97706',
    '--lm-discarded': '#979da8',
    '--lm-alarm': '#c92a2a',
    '--lm-accent-text': '#364fc7',
    '--lm-approved-text': '#1b652f',
    '--lm-review-text': '#924c08',
    '--lm-discarded-text': '#494e58',
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#1a1d23',
    '--mantine-color-dimmed': '#5c6370',
    '--mantine-color-placeholder': '#6b7280',
  },
  dark: {
    '--lm-ground': '#121419',
    '--lm-surface': '#1b1e24',
    '--lm-line': '#2c3038',
    '--lm-stage': GROUND.dark,
    '--lm-approved': '#52b46a',
    '--lm-review': '#fb9a21',
    '--lm-discarded': '#7b8290',
    '--lm-alarm': '#ff8787',
    '--lm-accent-text': '#bac8ff',
    '--lm-approved-text': '#8ad79d',
    '--lm-review-text': '#ffc078',
    '--lm-discarded-text': '#c3c8d0',
    '--mantine-color-body': '#1b1e24',
    '--mantine-color-text': '#dfe2e8',
    '--mantine-color-dimmed': '#9aa1ae',
    '--mantine-color-placeholder': '#878e9b',
  },
})
