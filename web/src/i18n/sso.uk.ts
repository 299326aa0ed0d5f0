/** Words of single sign-on, Ukrainian. */
export const ssoUk = { enterWith: 'Увійти через {{name}}' };
