namespace Functional

open System
open System.Collections.Generic
open System.Runtime.CompilerServices

/// What a stage gave, at its path.
[<Struct; NoEquality; NoComparison>]
type internal Output =
    {
        Path: string
        /// How many stages it is inside of.
        Depth: int
        /// The tensors of what it gave, of tuples and arrays each part.
        Tensors: Tensor list
    }

/// Sees the stages of a run and keeps what each gave, in the order in which they ended: each after its parts.
[<Sealed>]
type internal Outputs() =
    inherit Watcher()

    let path, seen = Stack<string>(), ResizeArray<Output>()
    let mutable depth = 0

    /// The tensors of a value, of tuples, arrays and trees each part.
    static member Tensors(value: objnull) : Tensor list =
        match value with
        | :? Tensor as one -> [ one ]
        | :? IReadOnlyCollection<Tensor> as many -> List.ofSeq many
        | :? Tree<Tensor> as tree -> List.ofArray (FSharp.Tree.values tree)
        | :? ITuple as several -> [ for i in 0 .. several.Length - 1 -> several[i] ] |> List.collect Outputs.Tensors
        | :? Array as several -> [ for part in several -> part ] |> List.collect Outputs.Tensors
        | _ -> []

    member _.Seen = List.ofSeq seen
    override _.Enter name = path.Push name
    override _.Leave() = path.Pop() |> ignore

    override _.Stage(_, _, _, run) =
        let at, outside = String.Join("/", Seq.rev path), depth
        depth <- outside + 1
        let struct (output, state) = run ()
        depth <- outside
        seen.Add { Path = at; Depth = outside; Tensors = Outputs.Tensors output }
        struct (output, state)
