/** How a picture is shown, to see better; it changes nothing else. Shares, 1 as it is. */
export interface Adjustments {
  brightness: number
  contrast: number
  saturation: number
  invert: boolean
}

export const AS_IT_IS: Adjustments = { brightness: 1, contrast: 1, saturation: 1, invert: false }

/** As CSS and the canvas write it. */
export function filterOf({ brightness, contrast, saturation, invert }: Adjustments): string {
  const parts = [
    brightness === 1 ? '' : `brightness(${brightness})`,
    contrast === 1 ? '' : `contrast(${contrast})`,
    saturation === 1 ? '' : `saturate(${saturation})`,
    invert ? 'invert(1)' : '',
  ].filter(Boolean)
  return parts.length === 0 ? 'none' : parts.join(' ')
}
