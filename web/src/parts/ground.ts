import { useComputedColorScheme } from '@mantine/core'

import { GROUND } from '../theme'

/** The colour of what a picture leaves free of its canvas, in light and in dark. */
export const useGround = (): string => GROUND[useComputedColorScheme('light', { getInitialValueInEffect: false })]
