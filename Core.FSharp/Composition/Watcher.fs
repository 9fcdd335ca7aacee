namespace Functional

open System
open Functional.FSharp

/// Who sees each stage of the layers that run on its thread, nested ones too.
[<AbstractClass>]
type internal Watcher() =

    [<ThreadStatic; DefaultValue>]
    static val mutable private current: Watcher | null

    /// The watcher of this thread, if there is one.
    static member Current: Watcher | null = Watcher.current

    /// Runs f under this watcher.
    member watcher.Over(f: unit -> 'r) : 'r =
        let outside = Watcher.current
        Watcher.current <- watcher

        try
            f ()
        finally
            Watcher.current <- outside

    /// What runs until `Leave` is the part of this name.
    abstract Enter: name: string -> unit
    abstract Leave: unit -> unit

    /// Has a stage run on an input, and gives what it gave.
    abstract Stage:
        kind: string * ps: Params * input: objnull * run: (unit -> struct (objnull * State)) -> struct (objnull * State)
