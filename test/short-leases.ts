/** Switches of Node with which a process of Lubart has leases of two seconds; as settings of the surroundings, for `lubart`. */
const fixture = new URL('short-leases.fixture.ts', import.meta.url).href;

export const shortLeases: readonly string[] = ['--import', fixture];
export const shortLeasesEnvironment = { NODE_OPTIONS: shortLeases.join('=') };
