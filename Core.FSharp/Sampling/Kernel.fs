namespace Functional

/// A Markov kernel: one step of a sampler on many chains at once, and a report on the step. Its state is a tree with a leaf
/// "position", [chains; …]. What it gives has no part in any derivative. Tensors in a report live no longer than the step, unless
/// Tensor.keep holds them.
[<Sealed; NoEquality; NoComparison>]
type Kernel<'info> internal (init: Tensor -> State, step: Key -> State -> struct (State * 'info)) =
    member internal _.Init(position: Tensor) : State =
        Functional.FSharp.Nesting.guard "Kernel" "kernels"
        init position

    member internal _.Step (key: Key) (state: State) : struct (State * 'info) =
        Functional.FSharp.Nesting.guard "Kernel" "kernels"
        step key state

namespace Functional.FSharp

open Functional

/// Making, joining and running kernels.
[<RequireQualifiedAccess>]
module Kernel =

    let private check (position: Tensor) =
        if position.Rank = 0 || position.Shape[0] = 0 then
            invalidArg
                (nameof position)
                $"a kernel moves chains along the first axis, at least one, but was given {position}"

    /// A kernel from the state it makes of positions, a tree with a leaf "position", and its step.
    let create (init: Tensor -> State) (step: Key -> State -> struct (State * 'info)) : Kernel<'info> =
        Kernel(
            (fun position ->
                check position
                init (Tensor.stopGradient position)),
            step
        )

    /// A kernel that remembers nothing but positions.
    let ofMove (move: Key -> Tensor -> struct (Tensor * 'info)) : Kernel<'info> =
        create (fun position -> Node [ "position", Leaf position ]) (fun key state ->
            let struct (position, info) = move key (Tree.leaf [ "position" ] state)
            struct (Node [ "position", Leaf(Tensor.stopGradient position) ], info))

    /// The state of a kernel at positions [chains; …].
    let init (position: Tensor) (kernel: Kernel<'info>) : State = kernel.Init position

    /// One step: the state afterwards and the report.
    let step (key: Key) (state: State) (kernel: Kernel<'info>) : struct (State * 'info) = kernel.Step key state

    /// The positions in a state: [chains; …].
    let position (state: State) : Tensor = Tree.leaf [ "position" ] state

    /// The same kernel with f of each report.
    let map (f: 'a -> 'b) (kernel: Kernel<'a>) : Kernel<'b> =
        Kernel(
            kernel.Init,
            fun key state ->
                let struct (state, info) = kernel.Step key state
                struct (state, f info)
        )

    let private steps count (kernel: Kernel<'info>) key state : struct (State * 'info[]) =
        let infos = Array.zeroCreate count

        let last =
            Loop.fold
                Tree.values
                (fun i state ->
                    let struct (next, info) = kernel.Step (Key.child i key) state
                    infos[i] <- info
                    next)
                count
                (fun () -> state)

        struct (last, infos)

    let private positive name (count: int) =
        if count < 1 then
            invalidArg "count" $"{name}: at least one step is taken, not {count}"

    /// So many steps as one, with all their reports.
    let repeat (count: int) (kernel: Kernel<'info>) : Kernel<'info[]> =
        positive "repeat" count
        Kernel(kernel.Init, fun key state -> steps count kernel key state)

    /// Every so many steps as one, with the last report: thinning a chain.
    let thin (count: int) (kernel: Kernel<'info>) : Kernel<'info> =
        positive "thin" count
        repeat count kernel |> map Array.last

    let private anew (kernel: Kernel<'info>) key state =
        let struct (after, info) = kernel.Step key (kernel.Init(position state))
        struct (Node [ "position", Leaf(position after) ], info)

    let private positions (position: Tensor) : State = Node [ "position", Leaf position ]

    /// At each step one of several kernels, drawn with the probabilities given: what each leaves invariant the mixture does.
    let mix (parts: (float * Kernel<'info>) seq) : Kernel<'info> =
        let parts = Array.ofSeq parts
        let total = Array.sumBy fst parts

        if parts.Length = 0 || parts |> Array.exists (fun (p, _) -> not (p >= 0.0)) || abs (total - 1.0) > 1e-9 then
            let given = parts |> Array.map (fst >> string) |> String.concat ", "
            invalidArg (nameof parts) $"mix: the probabilities are not negative and sum to 1, not: {given}"

        create positions (fun key state ->
            let u = Tensor.toFloat (Random.uniformOf Dtype.Float64 [] (Key.child 0 key))
            let sums = parts |> Array.map fst |> Array.scan (+) 0.0 |> Array.tail
            let chosen = sums |> Array.tryFindIndex (fun sum -> u < sum) |> Option.defaultValue (parts.Length - 1)
            anew (snd parts[chosen]) (Key.child 1 key) state)

    /// Several kernels one after the other as one step, with their reports.
    let inTurn (kernels: Kernel<'info> seq) : Kernel<'info[]> =
        let kernels = Array.ofSeq kernels

        if kernels.Length = 0 then
            invalidArg (nameof kernels) "inTurn: there is no kernel"

        create positions (fun key state ->
            let infos = Array.zeroCreate kernels.Length
            let mutable state = state

            for i in 0 .. kernels.Length - 1 do
                let struct (after, info) = anew kernels[i] (Key.child i key) state
                state <- after
                infos[i] <- info

            struct (state, infos))

    /// The positions after so many steps from a start [chains; …]; step i draws from child i of the key.
    let run (count: int) (key: Key) (kernel: Kernel<'info>) (start: Tensor) : Tensor =
        if count < 0 then
            invalidArg (nameof count) $"run: the number of steps is not negative, as {count} is"

        let move i state =
            let struct (next, _) = kernel.Step (Key.child i key) state
            next

        Scope.tensor (fun () -> position (Loop.fold Tree.values move count (fun () -> kernel.Init start)))

    /// Positions after each step but the first `burn`: [count; chains; …], and all reports. Step i draws from child i of the key.
    let sample (burn: int) (count: int) (key: Key) (kernel: Kernel<'info>) (start: Tensor) : Tensor * 'info[] =
        if burn < 0 || count < 1 then
            invalidArg
                (nameof count)
                $"sample: burn is not negative and at least one position is kept, not {burn} and {count}"

        let kept = ResizeArray<Tensor>()
        let infos = Array.zeroCreate (burn + count)

        let move i state =
            let struct (next, info) = kernel.Step (Key.child i key) state
            infos[i] <- info
            next

        let visit i state =
            if i >= burn then
                kept.Add(position state * 1.0)

        let all =
            Scope.tensor (fun () ->
                Loop.walk Tree.values move visit (burn + count) (fun () -> kernel.Init start) |> ignore
                Tensor.stack 0 kept)

        all, infos
