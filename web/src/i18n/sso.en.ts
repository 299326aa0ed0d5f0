/** Words of single sign-on, English. */
export const ssoEn = { enterWith: 'Sign in with {{name}}' };
