/** What the random parts of these tests begin with; `LXDAPI_SEED` sets another one. */
export const SEED = Number(process.env['LXDAPI_SEED'] ?? 20_261_124)
