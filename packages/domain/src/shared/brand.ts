declare const brand: unique symbol;

/** A primitive type that only the object of the same name makes, such as `UserId.parse`. At run time it is the plain primitive. */
export type Brand<Primitive, Name extends string> = Primitive & { readonly [brand]: Name };
