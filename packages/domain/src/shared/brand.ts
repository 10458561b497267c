declare const brand: unique symbol;

/**
 * A type whose values are made only by the functions of the object with the same name: a `UserId` comes from `UserId.parse`, for example. At
 * run time such a value is a plain string, number or object.
 */
export type Brand<Primitive, Name extends string> = Primitive & { readonly [brand]: Name };
