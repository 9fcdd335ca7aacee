namespace Functional.FSharp

open Functional

/// Parallel tempering of restricted Boltzmann machines: the joint state (v, h) is at each temperature.
module internal RbmTempering =

    let private split (rbm: Rbm) (x: Tensor) =
        Tensor.slice 1 0 rbm.VisibleCount x, Tensor.slice 1 rbm.VisibleCount (rbm.VisibleCount + rbm.HiddenCount) x

    // Gibbs on pairs [n; visible + hidden] at a temperature.
    let private gibbs (rbm: Rbm) ps temperature : Kernel<unit> =
        let ps = Rbm.tempered temperature rbm ps

        Kernel.ofMove (fun key x ->
            let _, h = split rbm x
            let v = Rbm.drawVisible rbm ps (Key.child 0 key) h
            struct (Tensor.cat 1 [ v; Rbm.drawHidden rbm ps (Key.child 1 key) v ], ()))

    /// The kernel on visible units at temperature 1, its state that of the pairs beside it.
    let kernel (rbm: Rbm) (ps: Params) (temperatures: float[]) : Kernel<float[]> =
        let energy (x: Tensor) =
            let v, h = split rbm x
            Rbm.energy rbm ps v h

        let pairs = Tempering.parallelTempering temperatures energy (gibbs rbm ps)

        let wrap (inner: State) : State =
            let v, _ = split rbm (Kernel.position inner)
            Node [ "position", Leaf(v * 1.0); "pairs", inner ]

        Kernel.create
            (fun v ->
                // The first sweep draws visible units given these means and then forgets them.
                wrap (pairs.Init(Tensor.cat 1 [ v; Rbm.hiddenMeans rbm ps v ])))
            (fun key s ->
                let struct (next, info) = pairs.Step key (Tree.get [ "pairs" ] s)
                struct (wrap next, info))

/// Chains of restricted Boltzmann machines at several temperatures.
[<AutoOpen>]
module RbmTempered =

    /// Restricted Boltzmann machines.
    [<RequireQualifiedAccess>]
    module Rbm =

        /// Parallel tempering: Gibbs sampling of copies of the pair (v, h) at each of several temperatures, the first of which is
        /// the one wanted, 1 for p(v) itself; neighbours change places with probability min(1, exp((E - E')·(1/T - 1/T'))) (Geyer
        /// 1991; Desjardins et al. 2010). For discrete units. States [chains; visible]; the report is that of
        /// `Tempering.parallelTempering`.
        let tempering (temperatures: float seq) (rbm: Rbm) (ps: Params) : Kernel<float[]> =
            RbmTempering.kernel rbm ps (Array.ofSeq temperatures)
