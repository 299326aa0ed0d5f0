/** The page and its forms read one thing. */
export const retentionKey = ['security', 'retention'] as const;
