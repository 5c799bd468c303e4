/** Of an app that brings its pages along, such as `capacitor://localhost`. */
const appOrigin = /^(?!https?:)[a-z][a-z0-9+.-]*:\/\/[a-z0-9][a-z0-9.-]*(:\d{1,5})?$/;

/**
 * Whether a text can be an origin as a browser sends it: no path, no slash at the end, lower case, no port that is the
 * scheme's own, and no comma, which separates origins in the context. What may be allowed is for the stack to say; this tells before the seconds of a synthesis.
 */
export function looksLikeOrigin(text: string): boolean {
  if (appOrigin.test(text)) return true;
  if (!/^https?:\/\/[^,*]+$/.test(text)) return false;
  return URL.canParse(text) && new URL(text).origin === text;
}
