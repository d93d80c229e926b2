/** Milliseconds after which nobody waits for a screen that is not drawn, such as that of a tab in the back. */
const LONGEST = 100

/** Resolves when what a key has changed is on the screen: until then the machine is left to the drawing. */
export function painted(): Promise<void> {
  return new Promise((go) => {
    setTimeout(go, LONGEST)
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(go)))
  })
}
