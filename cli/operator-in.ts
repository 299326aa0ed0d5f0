/** Who acts when a command of the machine’s operator changes something: nobody of the organization, from this very machine. */
export const operatorIn = (organizationId: string) => ({
  organizationId,
  actor: null,
  address: 'local',
  device: 'Lubart CLI',
  requestId: null,
});
