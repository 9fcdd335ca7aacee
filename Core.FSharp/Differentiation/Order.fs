namespace Functional.FSharp

open System

/// How many derivatives surround the code that runs on this thread.
[<AbstractClass; Sealed>]
type internal Order private () =
    [<ThreadStatic; DefaultValue>]
    static val mutable private surrounding: int

    [<ThreadStatic; DefaultValue>]
    static val mutable private deepest: int

    static member Surrounding
        with get () = Order.surrounding
        and set value = Order.surrounding <- value

    /// The highest order that the outermost derivative has seen so far.
    static member Deepest
        with get () = Order.deepest
        and set value = Order.deepest <- value

    /// Runs f inside so many more derivatives.
    static member Inside (levels: int) (f: unit -> 'r) : 'r =
        let outside = Order.surrounding
        Order.surrounding <- outside + levels
        Order.deepest <- if outside = 0 then levels else max Order.deepest Order.surrounding

        try
            f ()
        finally
            Order.surrounding <- outside

/// How many derivatives surround the running code.
[<AutoOpen>]
module DifferentiationOrder =

    /// How many derivatives surround the running code.
    [<RequireQualifiedAccess>]
    module Differentiation =

        /// How many derivatives surround the running code: layers choose a fused form by it where at most one does.
        let order () = Order.Surrounding
