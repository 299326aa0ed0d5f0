/** Words about factors and the fresh proof, English. */
export const factorWords = {
  stepUp: {
    title: 'Confirm that it is you',
    text: 'This act matters for the safety of your clients. The proof holds for five minutes, so you are not asked at once again.',
    confirm: 'Confirm',
    useRecovery: 'No phone? Confirm with a recovery code',
    useApp: 'Confirm with a code from the app',
  },
};
