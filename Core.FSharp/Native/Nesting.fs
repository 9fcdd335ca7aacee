/// What a user may nest as deep as he likes is walked by recursion. A stack that ran over would end the process, so each such
/// walk looks whether there is room left.
[<RequireQualifiedAccess>]
module internal Functional.FSharp.Nesting

open System
open System.Runtime.CompilerServices

/// How deep layers, batches and data sets may be nested. The stack of a thread of .NET has room for several times as much.
let limit = 500

let refuse (name: string) (nested: string) : unit = raise (ArgumentException $"{name}: {nested} are nested too deeply")

/// An ArgumentException where the stack of this thread has little room left.
let inline guard (name: string) (nested: string) : unit =
    if not (RuntimeHelpers.TryEnsureSufficientExecutionStack()) then
        refuse name nested

/// The depth of what is put around parts of these depths.
let around (name: string) (nested: string) (parts: int seq) : int =
    let depth = 1 + Seq.fold max 0 parts

    if depth > limit then
        raise (ArgumentException $"{name}: {nested} are nested at most {limit} deep")

    depth
