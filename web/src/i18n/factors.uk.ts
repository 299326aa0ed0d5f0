/** Words about factors and the fresh proof, Ukrainian. */
export const factorWords = {
  stepUp: {
    title: 'Підтвердьте, що це ви',
    text: 'Ця дія важлива для безпеки клієнтів. Підтвердження діє п’ять хвилин, тож знову питати будемо не відразу.',
    confirm: 'Підтвердити',
    useRecovery: 'Немає телефону? Підтвердити кодом відновлення',
    useApp: 'Підтвердити кодом із застосунку',
  },
};
