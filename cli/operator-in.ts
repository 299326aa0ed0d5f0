/** Who acts when a command of the machine’s operator changes something: nobody of an organization, from this very machine. */
export const operator = { address: 'local', device: 'Lubart CLI' };

export const operatorIn = (organizationId: string) => ({ organizationId, actor: null, requestId: null, ...operator });
