declare const brand: unique symbol;

/** A primitive that only its own parser makes; at run time it is the bare primitive. */
export type Brand<Primitive, Name extends string> = Primitive & { readonly [brand]: Name };
