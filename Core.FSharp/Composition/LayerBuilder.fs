namespace Functional.FSharp

open Functional

/// Parameters declared by a layer, and how they are read back.
[<Sealed; NoEquality; NoComparison>]
type Declared<'p> internal (draw: Key -> (string * Tree<Param>) list, read: Params -> 'p) =
    member internal _.Draw = draw
    member internal _.Read = read

/// The builder behind `layer { … }`.
[<Sealed>]
type LayerBuilder internal (kind: string, settings: (string * Setting) list) =

    /// One declared parameter and what is made of it.
    member _.BindReturn(declared: Declared<'a>, f: 'a -> 'b) : Declared<'b> =
        Declared(declared.Draw, declared.Read >> f)

    /// Two parameters declared together; each draws from a key of its own.
    member _.MergeSources(a: Declared<'a>, b: Declared<'b>) : Declared<struct ('a * 'b)> =
        Declared(
            (fun key ->
                let drawn = a.Draw(Key.child 0 key) @ b.Draw(Key.child 1 key)

                match drawn |> List.countBy fst |> List.tryFind (fun (_, count) -> count > 1) with
                | Some(name, _) -> invalidArg "name" $"two parameters of one layer are called '{name}'"
                | None -> drawn),
            fun ps -> struct (a.Read ps, b.Read ps)
        )

    /// The layer.
    member _.Run(declared: Declared<'i -> 'o>) : Layer<'i, 'o> =
        Layer.create kind settings (fun key -> struct (Node(declared.Draw key), Tree.empty)) (fun _ ps state x ->
            struct (declared.Read ps x, state))

/// `layer { … }` with the parameters that it declares.
[<AutoOpen>]
module LayerSyntax =

    let private declare role name (draw: Key -> Tensor) =
        Declared(
            (fun key -> [ name, Leaf { Role = role; Value = draw key } ]),
            (fun ps -> (Tree.leaf [ name ] ps).Value)
        )

    /// A parameter that multiplies inputs.
    let weight (name: string) (draw: Key -> Tensor) : Declared<Tensor> = declare Role.Weight name draw

    /// A parameter that is added.
    let bias (name: string) (draw: Key -> Tensor) : Declared<Tensor> = declare Role.Bias name draw

    /// A parameter that scales what a normalisation gives.
    let scale (name: string) (draw: Key -> Tensor) : Declared<Tensor> = declare Role.Scale name draw

    /// Declares a layer's own parameters where they are used:
    /// `layer { let! w = weight "weight" draw and! b = bias "bias" draw in return fun x -> Tensor.matmul x w + b }`.
    let layer = LayerBuilder("layer", [])

    /// `layer` of a kind and with settings, which errors, listings and summaries show.
    let layerOf (kind: string) (settings: (string * Setting) list) = LayerBuilder(kind, settings)
