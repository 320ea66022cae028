/** What only screens that come later ask: the index is part of the first load, and all that it names is. */
export * from "./bin";
export * from "./credentials";
export * from "./devices";
export * from "./exports";
export * from "./keyImages";
export * from "./keys";
export * from "./people";
export * from "./policy";
export * from "./received";
export * from "./roles";
export * from "./shares";
export * from "./uploads";
