/// Energies, kernels and machines, as C# calls them: the same bits as F#'s functions give.
module FacadeEnergyTests

open System
open System.Collections.Generic
open Expecto
open Functional
open Functional.FSharp
open Support

type private K = CSharp.Kernels
type private B = CSharp.Boltzmanns
type private R = CSharp.Rbms
type private C = CSharp.ConditionalRbms
type private Values = IReadOnlyDictionary<string, Tensor>

let private key = Key.ofSeed 91
let private moment = { Step = 2; Key = key }
let private half (x: Tensor) = 0.5 * Tensor.sumOver 1 (Tensor.square x) + Tensor.sumOver 1 x
let private halfOf = Func<Tensor, Tensor> half
let private valuesOf (ps: Params) : Values = Tree.leaves (Params.values ps) |> readOnlyDict
let private spins () = 2.0 * Random.bernoulli 0.5 [ 6; 4 ] key - 1.0
let private reals () = Random.normal [ 6; 4 ] key
let private pull (x: Tensor) = Tensor.sumOver 1 (x * Tensor.ofSeq [ 0.3; -0.4; 0.5; 0.1 ])
let private pullOf = Func<Tensor, Tensor> pull

// Both kernels go through the same positions and reports, by run, by sample and by hand, and their states have the same leaves.
let private expectKernels what (start: Tensor) (fsharp: Kernel<'a>) (csharp: Kernel<'b>) (report: 'a -> 'b) =
    let draws, infos = Kernel.sample 1 4 key fsharp start
    let struct (positions, reports) = K.Sample(csharp, 1, 4, key, start)
    expectSame what draws positions
    // NaN is a report, too.
    Expect.equal (sprintf "%A" reports) (sprintf "%A" (Array.map report infos)) $"{what}: reports"
    expectSame what (Kernel.run 5 key fsharp start) (K.Run(csharp, 5, key, start))
    let mutable state, values = Kernel.init start fsharp, K.Init(csharp, start)
    expectSameLeaves what state values

    for i in 0..4 do
        let struct (next, _) = Kernel.step (Key.child i key) state fsharp
        let struct (after, _) = K.Step(csharp, Key.child i key, values)
        state <- next
        values <- after
        expectSameLeaves what state values

    expectSame what (Kernel.position state) (K.Position values)

let private same (what: string) (start: unit -> Tensor) (fsharp: unit -> Kernel<'a>) (csharp: unit -> Kernel<'a>) =
    what, (fun () -> expectKernels what (start ()) (fsharp ()) (csharp ()) id)

let private silent what start (fsharp: unit -> Kernel<unit>) (csharp: unit -> Kernel<ValueTuple>) =
    what, (fun () -> expectKernels what (start ()) (fsharp ()) (csharp ()) (fun () -> ValueTuple()))

let private rbm = Rbm.create Units.Bernoulli 4 Units.Spin 3

let private rbmPs () =
    Rbm.parameters
        (Random.normal [ 4; 3 ] (Key.child 1 key))
        (Random.normal [ 4 ] (Key.child 2 key))
        (Random.normal [ 3 ] (Key.child 3 key))

let private machine = Boltzmann.create 3 1 1.3
let private machinePs () = Boltzmann.init 0.7 key machine
let private conditional = ConditionalRbm.create 2 rbm
let private conditionalPs () = ConditionalRbm.init 0.7 key conditional
let private bits () = Random.bernoulli 0.5 [ 6; 4 ] key

let private kernels =
    let at t = Metropolis.walk 0.4 (Energy.tempered t half)
    let atOf = Func<float, _> at
    let walk () = Metropolis.walk 0.4 half
    let malaOf () = CSharp.Langevin.Adjusted(0.1, halfOf)

    [
        same "Gibbs.Site" spins (fun () -> Gibbs.site Units.Spin pull) (fun () -> CSharp.Gibbs.Site(Units.Spin, pullOf))
        same "Gibbs.Sweep" spins (fun () -> Gibbs.sweep Units.Spin pull) (fun () ->
            CSharp.Gibbs.Sweep(Units.Spin, pullOf))
        same "Metropolis.Flip" spins (fun () -> Metropolis.flip Units.Spin pull) (fun () ->
            CSharp.Metropolis.Flip(Units.Spin, pullOf))
        same "Metropolis.Walk" reals walk (fun () -> CSharp.Metropolis.Walk(0.4, halfOf))
        same "Langevin.Adjusted" reals (fun () -> Langevin.adjusted 0.1 half) malaOf
        same "Langevin.Hamiltonian" reals (fun () -> Langevin.hamiltonian 0.1 3 half) (fun () ->
            CSharp.Langevin.Hamiltonian(0.1, 3, halfOf))
        silent "Langevin.Unadjusted" reals (fun () -> Langevin.unadjusted 0.1 half) (fun () ->
            CSharp.Langevin.Unadjusted(0.1, halfOf))
        silent
            "Gibbs.Blocks"
            reals
            (fun () -> Gibbs.blocks [ (fun key x -> x + Random.normal [ 4 ] key); (fun _ x -> 0.5 * x) ])
            (fun () ->
                CSharp.Gibbs.Blocks
                    [ Func<_, _, _>(fun key x -> x + Random.normal [ 4 ] key); Func<_, _, _>(fun _ x -> 0.5 * x) ])
        silent
            "Gibbs.Chromatic"
            spins
            (fun () -> Gibbs.chromatic Units.Spin [ 0; 1; 0; 1 ] (fun x -> 0.3 * x))
            (fun () -> CSharp.Gibbs.Chromatic(Units.Spin, [ 0; 1; 0; 1 ], (fun x -> 0.3 * x)))
        same "Tempering.Anneal" reals (fun () -> Tempering.anneal (fun step -> 1.0 / float (step + 1)) at) (fun () ->
            CSharp.Tempering.Anneal((fun step -> 1.0 / float (step + 1)), atOf))
        same
            "Tempering.ParallelTempering"
            reals
            (fun () -> Tempering.parallelTempering [ 1.0; 1.5; 3.0 ] half at)
            (fun () -> CSharp.Tempering.ParallelTempering([ 1.0; 1.5; 3.0 ], halfOf, atOf))
        same "Kernels.Mix" reals (fun () -> Kernel.mix [ 0.3, walk (); 0.7, malaOf () ]) (fun () ->
            K.Mix [ struct (0.3, walk ()); struct (0.7, malaOf ()) ])
        same "Kernels.InTurn" reals (fun () -> Kernel.inTurn [ walk (); malaOf () ]) (fun () ->
            K.InTurn [ walk (); malaOf () ])
        same "Kernels.Repeat" reals (fun () -> Kernel.repeat 3 (walk ())) (fun () -> K.Repeat(walk (), 3))
        same "Kernels.Thin" reals (fun () -> Kernel.thin 3 (walk ())) (fun () -> K.Thin(walk (), 3))
        same "Kernels.Map" reals (fun () -> Kernel.map string (walk ())) (fun () -> K.Map(walk (), string))
        same
            "Kernels.OfMove"
            reals
            (fun () -> Kernel.ofMove (fun key x -> struct (x + Random.normal [ 4 ] key, 7)))
            (fun () -> K.OfMove(fun key x -> struct (x + Random.normal [ 4 ] key, 7)))
        same
            "Kernels.Create"
            reals
            (fun () ->
                Kernel.create
                    (fun x -> Node [ "position", Leaf x; "sums", Node [ "all", Leaf(Tensor.zerosLike x) ] ])
                    (fun key s ->
                        let x = Kernel.position s + Random.normal [ 4 ] key
                        let sums = Tree.leaf [ "sums"; "all" ] s + x
                        struct (Node [ "position", Leaf x; "sums", Node [ "all", Leaf sums ] ], 1)))
            (fun () ->
                K.Create(
                    (fun x -> readOnlyDict [ "position", x; "sums/all", Tensor.zerosLike x ]),
                    fun key s ->
                        let x = s["position"] + Random.normal [ 4 ] key
                        // In another order than the state's own.
                        struct (readOnlyDict [ "sums/all", s["sums/all"] + x; "position", x ], 1)
                ))
        silent "Boltzmanns.Gibbs" bits (fun () -> Boltzmann.gibbs machine (machinePs ())) (fun () ->
            B.Gibbs(machine, valuesOf (machinePs ())))
        silent "Boltzmanns.GibbsHidden" bits (fun () -> Boltzmann.gibbsHidden machine (machinePs ())) (fun () ->
            B.GibbsHidden(machine, valuesOf (machinePs ())))
        same "Rbms.Tempering" bits (fun () -> Rbm.tempering [ 1.0; 2.0; 4.0 ] rbm (rbmPs ())) (fun () ->
            R.Tempering(rbm, [ 1.0; 2.0; 4.0 ], valuesOf (rbmPs ())))
        silent "Rbms.Gibbs" bits (fun () -> Rbm.gibbs rbm (rbmPs ())) (fun () -> R.Gibbs(rbm, valuesOf (rbmPs ())))
        silent
            "ConditionalRbms.Gibbs"
            bits
            (fun () -> ConditionalRbm.gibbs conditional (conditionalPs ()) (Tensor.ones [ 6; 2 ]))
            (fun () -> C.Gibbs(conditional, valuesOf (conditionalPs ()), Tensor.ones [ 6; 2 ]))
    ]

// Functions that give tensors.
let private functions () : (string * Tensor * Tensor) list =
    let ps, values = rbmPs (), valuesOf (rbmPs ())
    let mps, mvalues = machinePs (), valuesOf (machinePs ())
    let cps, cvalues = conditionalPs (), valuesOf (conditionalPs ())
    let v, h, c = bits (), Tensor.slice 1 0 3 (spins ()), Tensor.ones [ 6; 2 ]
    let m = Tensor.full [ 2; 4 ] 0.4
    let e, slope = Energy.slope half (reals ())
    let struct (eOf, slopeOf) = CSharp.Energies.Slope(halfOf, reals ())
    let seen = Tensor.slice 1 0 3 v

    [
        "Energies.Tempered", Energy.tempered 1.7 half v, CSharp.Energies.Tempered(1.7, halfOf).Invoke v
        "Energies.Slope", e, eOf
        "Energies.Slope, slopes", slope, slopeOf
        "Energies.Enumerate", Energy.enumerate 3, CSharp.Energies.Enumerate 3
        "Energies.EnumerateSpins", Energy.enumerateSpins 3, CSharp.Energies.EnumerateSpins 3
        "Energies.LogPartition", Energy.logPartition half v, CSharp.Energies.LogPartition(halfOf, v)
        "Energies.Probabilities", Energy.probabilities half v, CSharp.Energies.Probabilities(halfOf, v)
        "Gibbs.Chances", Gibbs.chances Units.Spin pull (spins ()), CSharp.Gibbs.Chances(Units.Spin, pullOf, spins ())
        "Metropolis.Chances",
        Metropolis.chances Units.Spin pull (spins ()),
        CSharp.Metropolis.Chances(Units.Spin, pullOf, spins ())
        "Boltzmanns.Energy", Boltzmann.energy machine mps v, B.Energy(machine, mvalues, v)
        "Boltzmanns.Inputs", Boltzmann.inputs machine mps v, B.Inputs(machine, mvalues, v)
        "Boltzmanns.Conditional", Boltzmann.conditional machine mps v, B.Conditional(machine, mvalues, v)
        "Boltzmanns.LogPartition", Boltzmann.logPartition machine mps, B.LogPartition(machine, mvalues)
        "Boltzmanns.Distribution", Boltzmann.distribution machine mps, B.Distribution(machine, mvalues)
        "Boltzmanns.LogLikelihood", Boltzmann.logLikelihood machine mps seen, B.LogLikelihood(machine, mvalues, seen)
        "Boltzmanns.MeanField", Boltzmann.meanField 2 5 machine mps m, B.MeanField(machine, 2, 5, mvalues, m)
        "Boltzmanns.LogPseudoLikelihood",
        Boltzmann.logPseudoLikelihood machine mps v,
        B.LogPseudoLikelihood(machine, mvalues, v)
        "Rbms.HiddenInputs", Rbm.hiddenInputs rbm ps v, R.HiddenInputs(rbm, values, v)
        "Rbms.VisibleInputs", Rbm.visibleInputs rbm ps h, R.VisibleInputs(rbm, values, h)
        "Rbms.HiddenMeans", Rbm.hiddenMeans rbm ps v, R.HiddenMeans(rbm, values, v)
        "Rbms.VisibleMeans", Rbm.visibleMeans rbm ps h, R.VisibleMeans(rbm, values, h)
        "Rbms.DrawHidden", Rbm.drawHidden rbm ps key v, R.DrawHidden(rbm, values, key, v)
        "Rbms.DrawVisible", Rbm.drawVisible rbm ps key h, R.DrawVisible(rbm, values, key, h)
        "Rbms.Energy", Rbm.energy rbm ps v h, R.Energy(rbm, values, v, h)
        "Rbms.FreeEnergy", Rbm.freeEnergy rbm ps v, R.FreeEnergy(rbm, values, v)
        "Rbms.HiddenFreeEnergy", Rbm.hiddenFreeEnergy rbm ps h, R.HiddenFreeEnergy(rbm, values, h)
        "Rbms.Reconstruct", Rbm.reconstruct rbm ps v, R.Reconstruct(rbm, values, v)
        "Rbms.Filters", Rbm.filters ps, R.Filters values
        "Rbms.LogLikelihood", Rbm.logLikelihood 3.0 rbm ps v, R.LogLikelihood(rbm, 3.0, values, v)
        "Rbms.LogPseudoLikelihood", Rbm.logPseudoLikelihood rbm ps v, R.LogPseudoLikelihood(rbm, values, v)
        "Rbms.BaseRates", Rbm.baseRates rbm v, R.BaseRates(rbm, v)
        "ConditionalRbms.HiddenMeans",
        ConditionalRbm.hiddenMeans conditional cps c v,
        C.HiddenMeans(conditional, cvalues, c, v)
        "ConditionalRbms.VisibleMeans",
        ConditionalRbm.visibleMeans conditional cps c h,
        C.VisibleMeans(conditional, cvalues, c, h)
        "ConditionalRbms.FreeEnergy",
        ConditionalRbm.freeEnergy conditional cps c v,
        C.FreeEnergy(conditional, cvalues, c, v)
        "ConditionalRbms.LogLikelihood",
        ConditionalRbm.logLikelihood conditional cps c v,
        C.LogLikelihood(conditional, cvalues, c, v)
    ]

let private rule name (batch: unit -> 'b) (fsharp: unit -> Rule<'b>) (csharp: unit -> Rule<'b>) =
    name,
    fun () ->
        let twin, rule = fsharp (), csharp ()
        let struct (ps, state) = Rule.init key twin
        let struct (first, firstState) = CSharp.Rules.Init(rule, key)
        expectSameLeaves name (Params.values ps) (CSharp.Params.ToTensors first)
        expectSameLeaves name state firstState
        let made = Rule.estimate twin moment ps state (batch ())

        let struct (loss, gradients, after) =
            CSharp.Rules.Estimate(rule, moment, CSharp.Params.ToTensors first, firstState, batch ())

        expectSame name made.Loss loss
        expectSameLeaves name made.Gradients gradients
        expectSameLeaves name made.State after

let private rules =
    let seen () = Tensor.slice 1 0 3 (bits ())
    let whole = Boltzmann.create 4 0 1.3
    let cd () = Rbm.contrastiveDivergence 2 0.3 rbm

    [
        rule "Boltzmanns.Exact" seen (fun () -> Boltzmann.exact 0.3 machine) (fun () -> B.Exact(machine, 0.3))
        rule "Boltzmanns.Sampled" seen (fun () -> Boltzmann.sampled 5 2 0.3 machine) (fun () ->
            B.Sampled(machine, 5, 2, 0.3))
        rule "Boltzmanns.MeanFieldLearning" seen (fun () -> Boltzmann.meanFieldLearning 4 0.3 machine) (fun () ->
            B.MeanFieldLearning(machine, 4, 0.3))
        rule "Boltzmanns.PseudoLikelihood" bits (fun () -> Boltzmann.pseudoLikelihood 0.3 whole) (fun () ->
            B.PseudoLikelihood(whole, 0.3))
        rule "Rbms.ContrastiveDivergence" bits cd (fun () -> R.ContrastiveDivergence(rbm, 2, 0.3))
        rule "Rbms.Persistent" bits (fun () -> Rbm.persistent 5 2 0.3 rbm) (fun () -> R.Persistent(rbm, 5, 2, 0.3))
        rule "Rbms.FastPersistent" bits (fun () -> Rbm.fastPersistent 5 2 0.1 0.3 rbm) (fun () ->
            R.FastPersistent(rbm, 5, 0.1, 2, 0.3))
        rule "Rbms.TemperedPersistent" bits (fun () -> Rbm.temperedPersistent [ 1.0; 2.0 ] 5 2 0.3 rbm) (fun () ->
            R.TemperedPersistent(rbm, [ 1.0; 2.0 ], 5, 2, 0.3))
        rule "Rbms.Centred" bits (fun () -> Rbm.centred 0.8 rbm (cd ())) (fun () -> R.Centred(rbm, cd (), 0.8))
        rule "Rbms.Sparse" bits (fun () -> Rbm.sparse 0.1 0.5 rbm (cd ())) (fun () -> R.Sparse(rbm, 0.1, 0.5, cd ()))
        rule "Rbms.Exact" bits (fun () -> Rbm.exact 0.3 rbm) (fun () -> R.Exact(rbm, 0.3))
        rule
            "ConditionalRbms.ContrastiveDivergence"
            (fun () -> struct (bits (), Tensor.ones [ 6; 2 ]))
            (fun () -> ConditionalRbm.contrastiveDivergence 2 0.3 conditional)
            (fun () -> C.ContrastiveDivergence(conditional, 2, 0.3))
    ]

let tests =
    testList
        "facade energies"
        [
            for name, check in kernels do
                test $"{name}: F#'s positions, states and reports" { check () }

            for name, check in rules do
                test $"{name}: F#'s first parameters, loss, gradients and state" { check () }

            test "functions of tensors have F#'s bits" {
                for name, expected, found in functions () do
                    expectSame name expected found
            }

            test "numbers and estimates are F#'s" {
                let ps, values = rbmPs (), valuesOf (rbmPs ())
                Expect.equal (R.LogPartition(rbm, values)) (Rbm.logPartition rbm ps) "ln Z"

                let sameLogZ (a: LogZ) (b: LogZ) =
                    Expect.equal
                        (b.Value, b.Low, b.High, b.EffectiveChains)
                        (a.Value, a.Low, a.High, a.EffectiveChains)
                        "numbers"

                    Expect.equal b.LogWeights a.LogWeights "weights"

                let start = Tensor.zeros [ 4 ]
                sameLogZ (Rbm.annealed 6 7 start key rbm ps) (R.Annealed(rbm, 6, 7, start, key, values))

                sameLogZ
                    (Rbm.annealedBack 6 (bits ()) start key rbm ps)
                    (R.AnnealedBack(rbm, 6, bits (), start, key, values))

                let draws = Random.normal [ 20; 3 ] key
                Expect.equal (CSharp.Chains.Autocorrelations(4, draws)) (Chains.autocorrelations 4 draws) "correlations"
                Expect.equal (CSharp.Chains.AutocorrelationTime draws) (Chains.autocorrelationTime draws) "time"
                Expect.equal (CSharp.Chains.EffectiveSampleSize draws) (Chains.effectiveSampleSize draws) "size"
                Expect.equal (CSharp.Chains.SplitRhat draws) (Chains.splitRhat draws) "R̂"
            }

            test "machines, parameters and units are made as in F#" {
                Expect.equal (B.Create(3, 1, 1.3)) machine "a Boltzmann machine"
                Expect.equal (B.Create 3) (Boltzmann.create 3 0 1.0) "its defaults"
                Expect.equal (R.Create(Units.Bernoulli, 4, Units.Spin, 3)) rbm "a restricted one"
                Expect.equal (R.Bernoulli(4, 3)) (Rbm.bernoulli 4 3) "of Bernoulli units"
                Expect.equal (C.Create(2, rbm)) conditional "a conditional one"
                Expect.equal (CSharp.UnitKinds.OneOf 3) (Units.Softmax 3) "groups"

                let sameParameters (ps: Params) (found: IReadOnlyDictionary<string, Param>) =
                    expectSameLeaves "values" (Params.values ps) (CSharp.Params.ToTensors found)
                    Expect.equal [ for p in found.Values -> p.Role ] [ for _, p in Tree.leaves ps -> p.Role ] "roles"

                sameParameters (Rbm.init 0.3 key rbm) (R.Init(rbm, 0.3, key))
                sameParameters (Boltzmann.init 0.3 key machine) (B.Init(machine, 0.3, key))
                sameParameters (ConditionalRbm.init 0.3 key conditional) (C.Init(conditional, 0.3, key))
                let value name = (Tree.leaf [ name ] (rbmPs ())).Value
                sameParameters (rbmPs ()) (R.Parameters(value "weight", value "visible", value "hidden"))
                let w, b = Tensor.ones [ 2; 2 ] - Tensor.eye 2, Tensor.ones [ 2 ]
                sameParameters (Boltzmann.parameters w b) (B.Parameters(w, b))
                let cold = Rbm.tempered 1.7 rbm (rbmPs ())
                expectSameLeaves "tempered" (Params.values cold) (R.Tempered(rbm, 1.7, valuesOf (rbmPs ())))
            }

            test "the discriminative layer is F#'s" {
                let layer, twin = R.Discriminative(4, 3, 2), Rbm.discriminative 4 3 2
                let struct (ps, state) = CSharp.LayerExtensions.Init(layer, key)
                let struct (twinPs, twinState) = Layer.init key twin
                expectSameLeaves "parameters" (Params.values twinPs) (CSharp.Params.ToTensors ps)

                let struct (logits, _) =
                    CSharp.LayerExtensions.Apply(layer, Eval, CSharp.Params.ToTensors ps, state, bits ())

                expectSame "logits" (fst (runLayer twin Eval twinPs twinState (bits ()))) logits
            }

            test "a state by path is laid over the kernel's own, in any order, and others are refused" {
                let kernel =
                    CSharp.Tempering.ParallelTempering(
                        [ 1.0; 2.0; 3.0 ],
                        halfOf,
                        (fun t -> Metropolis.walk 0.4 (Energy.tempered t half))
                    )

                let state = K.Init(kernel, reals ())
                let turned = state |> Seq.rev |> Seq.map (fun p -> p.Key, p.Value) |> readOnlyDict
                let struct (a, _) = K.Step(kernel, key, state)
                let struct (b, _) = K.Step(kernel, key, turned)

                for path in a.Keys do
                    expectSame path a[path] b[path]

                expectError<ArgumentException> [ "copies/1"; "missing" ] (fun () ->
                    K.Step(kernel, key, readOnlyDict [ "position", reals () ]) |> ignore)
            }
        ]
