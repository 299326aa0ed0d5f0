/**
 * What a process that a test starts gets of the surroundings of the test: where programs are, and where compiled modules are kept
 * (launch/prepare.mjs), with which it starts in half the time. Nothing else of whoever runs the tests reaches it.
 */
export function childEnvironment(): Record<string, string> {
  const passed = ['PATH', 'NODE_COMPILE_CACHE'].map((name) => [name, process.env[name]] as const);
  return Object.fromEntries(passed.filter((one): one is readonly [string, string] => one[1] !== undefined));
}
