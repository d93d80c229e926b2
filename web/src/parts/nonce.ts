/** The nonce of this page's content security policy; whatever adds a style sheet while the page runs must carry it. */
export const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? ''

// read by what locks scrolling beneath dialogs, under this name
Object.assign(globalThis, { __webpack_nonce__: nonce })
