/**
 * Puts a text on the clipboard, at a click or a key. Where pages come without encryption from another machine, browsers have no
 * `navigator.clipboard`: there the text is selected and copied as a person would.
 */
export async function copied(text: string): Promise<void> {
  const clipboard: Clipboard | undefined = navigator.clipboard
  if (clipboard !== undefined) return clipboard.writeText(text)
  const before = document.activeElement
  const field = document.createElement('textarea')
  field.value = text
  field.style.position = 'fixed'
  field.style.opacity = '0'
  document.body.append(field)
  field.select()
  const done = document.execCommand('copy')
  field.remove()
  if (before instanceof HTMLElement) before.focus()
  if (!done) throw new Error(`This browser lets nothing be copied: copy ${text} by hand.`)
}
