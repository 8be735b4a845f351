/** Policies quote code through the house's one masking function. */
export { maskCode } from '../mask.js';
