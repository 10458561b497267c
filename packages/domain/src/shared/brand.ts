declare const brand: unique symbol;

/** A primitive that only its own companion can make. At run time it is the plain primitive. */
export type Brand<Primitive, Name extends string> = Primitive & { readonly [brand]: Name };
