/// What energies, kernels and machines refuse, and in which words.
module EnergyRefusalTests

open System
open Expecto
open Functional
open Functional.FSharp
open Support
open Targets

let private key = Key.ofSeed 81
let private moment = { Step = 0; Key = key }
let private spins = Units.Spin
let private sum (x: Tensor) = Tensor.sumOver 1 x
let private walk = Metropolis.walk 1.0 sum
let private rbm = Rbm.bernoulli 3 2
let private ps = lazy Rbm.init 0.1 key rbm
let private machine = Boltzmann.create 2 1 1.0
let private machinePs = lazy Boltzmann.init 0.1 key machine
let private real = Rbm.create Units.Gaussian 3 Units.Gaussian 2
let private halves = lazy Tensor.full [ 4; 3 ] 0.5
let private cd = Rbm.contrastiveDivergence 1 0.1

let private estimate (rule: Rule<Tensor>) batch () =
    let struct (ps, state) = Rule.init key rule
    Rule.estimate rule moment ps state batch |> ignore

let private run kernel start () = Kernel.run 1 key kernel start |> ignore

let private refusals () : (string * string list * (unit -> unit)) list =
    [
        // Kernels
        "a position without chains", [ "chains"; "[]" ], run walk (Tensor.scalar 1.0)
        "no chain", [ "at least one"; "[0; 2]" ], run walk (Tensor.zeros [ 0; 2 ])
        "an energy of another shape",
        [ "one number for each"; "[3; 2]" ],
        run (Metropolis.walk 1.0 id) (Tensor.zeros [ 3; 2 ])
        "a total energy",
        [ "one number for each"; "[]" ],
        run (Langevin.adjusted 0.1 Tensor.sum) (Tensor.zeros [ 3; 2 ])
        "walk, scale", [ "scale"; "0" ], (fun () -> Metropolis.walk 0.0 sum |> ignore)
        "adjusted, step", [ "step"; "NaN" ], (fun () -> Langevin.adjusted nan sum |> ignore)
        "unadjusted, step", [ "step"; "-1" ], (fun () -> Langevin.unadjusted -1.0 sum |> ignore)
        "hamiltonian, step", [ "step"; "Infinity" ], (fun () -> Langevin.hamiltonian infinity 3 sum |> ignore)
        "hamiltonian, leaps", [ "leap"; "0" ], (fun () -> Langevin.hamiltonian 0.1 0 sum |> ignore)
        "flips of real units",
        [ "Bernoulli units and spins"; "Gaussian" ],
        run (Gibbs.site Units.Gaussian sum) (Tensor.zeros [ 2; 3 ])
        "spins that are 0", [ "Gibbs.sweep"; "-1 or 1"; "is 0" ], run (Gibbs.sweep spins sum) (Tensor.zeros [ 2; 3 ])
        "bits that are -1",
        [ "Metropolis.flip"; "0 or 1"; "is -1" ],
        run (Metropolis.flip Units.Bernoulli sum) -(Tensor.ones [ 2; 3 ])
        "flips of images", [ "[n; units]"; "[2; 3; 4]" ], run (Gibbs.site spins sum) (Tensor.ones [ 2; 3; 4 ])
        "chances of a vector",
        [ "Gibbs.chances"; "[n; units]"; "[3]" ],
        (fun () -> Gibbs.chances spins sum (Tensor.ones [ 3 ]) |> ignore)
        "chances of no spins",
        [ "Metropolis.chances"; "-1 or 1" ],
        (fun () -> Metropolis.chances spins sum (Tensor.zeros [ 1; 3 ]) |> ignore)
        "no block", [ "block" ], (fun () -> Gibbs.blocks [] |> ignore)
        "no colour", [ "colour" ], (fun () -> Gibbs.chromatic spins [] id |> ignore)
        "a negative colour", [ "colour" ], (fun () -> Gibbs.chromatic spins [ 0; -1 ] id |> ignore)
        "colours that part a group",
        [ "3 units of a group" ],
        (fun () -> Gibbs.chromatic (Units.Softmax 3) [ 0; 0; 1 ] id |> ignore)
        "more units than colours",
        [ "[n; 2]"; "[4; 3]" ],
        run (Gibbs.chromatic spins [ 0; 1 ] id) (Tensor.ones [ 4; 3 ])
        "inputs of another shape",
        [ "input for each unit"; "[4]" ],
        run (Gibbs.chromatic spins [ 0; 1 ] sum) (Tensor.ones [ 4; 2 ])
        "repeat 0", [ "at least one"; "0" ], (fun () -> Kernel.repeat 0 walk |> ignore)
        "thin 0", [ "at least one"; "0" ], (fun () -> Kernel.thin 0 walk |> ignore)
        "run -1", [ "run"; "-1" ], (fun () -> Kernel.run -1 key walk (Tensor.zeros [ 1; 1 ]) |> ignore)
        "sample nothing",
        [ "at least one"; "0" ],
        (fun () -> Kernel.sample 0 0 key walk (Tensor.zeros [ 1; 1 ]) |> ignore)
        "burn -1", [ "burn"; "-1" ], (fun () -> Kernel.sample -1 1 key walk (Tensor.zeros [ 1; 1 ]) |> ignore)
        "probabilities that do not sum to 1",
        [ "sum to 1"; "0.5, 0.4" ],
        (fun () -> Kernel.mix [ 0.5, walk; 0.4, walk ] |> ignore)
        "a negative probability", [ "not negative"; "-0.5" ], (fun () -> Kernel.mix [ 1.5, walk; -0.5, walk ] |> ignore)
        "mix of nothing", [ "mix" ], (fun () -> Kernel.mix ([]: (float * Kernel<float>) list) |> ignore)
        "inTurn of nothing", [ "no kernel" ], (fun () -> Kernel.inTurn ([]: Kernel<float> list) |> ignore)
        "a kernel that loses its position",
        [ "position" ],
        run
            (Kernel.create (fun x -> Node [ "position", Leaf x ]) (fun _ _ -> struct (Tree.empty, ())))
            (Tensor.ones [ 1; 1 ])

        // Temperatures
        for t in [ 0.0; -1.0; nan; infinity ] do
            $"temperature {t}", [ "temperature"; string t ], (fun () -> Energy.tempered t sum |> ignore)
            $"machine at temperature {t}", [ "temperature"; string t ], (fun () -> Boltzmann.create 2 0 t |> ignore)

            $"parameters at temperature {t}",
            [ "temperature"; string t ],
            (fun () -> Rbm.tempered t rbm ps.Value |> ignore)

            $"schedule of {t}",
            [ "anneal"; string t ],
            run (Tempering.anneal (fun _ -> t) (fun _ -> walk)) (Tensor.zeros [ 1; 1 ])

            $"copies at {t}",
            [ "parallelTempering"; string t ],
            (fun () -> Tempering.parallelTempering [ 1.0; t ] sum (fun _ -> walk) |> ignore)
        "one temperature",
        [ "at least two" ],
        (fun () -> Tempering.parallelTempering [ 1.0 ] sum (fun _ -> walk) |> ignore)

        // Enumeration
        "30 units",
        [ "1.07374E+09 states"; "20"; "Gibbs.sweep"; "Rbm.annealed" ],
        (fun () -> Energy.enumerate 30 |> ignore)
        "no units", [ "none" ], (fun () -> Energy.enumerateSpins 0 |> ignore)
        "a machine of 30 units",
        [ "1.07374E+09 states"; "20"; "Boltzmann.gibbs"; "Boltzmann.sampled"; "Boltzmann.pseudoLikelihood" ],
        (fun () ->
            let big = Boltzmann.create 30 0 1.0
            Boltzmann.logPartition big (Boltzmann.init 0.1 key big) |> ignore)
        "a layer of 30 units",
        [ "30 units"; "1.07374E+09 states"; "25"; "Rbm.annealed" ],
        (fun () ->
            let big = Rbm.bernoulli 40 30
            Rbm.logPartition big (Rbm.init 0.1 key big) |> ignore)
        "the exact rule of a layer of 30 units",
        [ "exact"; "Rbm.annealed" ],
        (fun () -> Rbm.exact 0.1 (Rbm.bernoulli 30 40) |> ignore)
        "ln Z of real units", [ "Gaussian" ], (fun () -> Rbm.logPartition real (Rbm.init 0.1 key real) |> ignore)

        // Boltzmann machines
        "no visible unit", [ "at least one visible" ], (fun () -> Boltzmann.create 0 3 1.0 |> ignore)
        "hidden -1", [ "-1 hidden" ], (fun () -> Boltzmann.create 2 -1 1.0 |> ignore)
        "weights that are not symmetric",
        [ "symmetric"; "up to 1" ],
        (fun () -> Boltzmann.parameters (Tensor.ofArray [ 2; 2 ] [| 0f; 1f; 2f; 0f |]) (Tensor.zeros [ 2 ]) |> ignore)
        "a diagonal",
        [ "zero diagonal"; "up to 1" ],
        (fun () -> Boltzmann.parameters (Tensor.eye 2) (Tensor.zeros [ 2 ]) |> ignore)
        "weights that are not square",
        [ "[units; units]"; "[2; 3]" ],
        (fun () -> Boltzmann.parameters (Tensor.zeros [ 2; 3 ]) (Tensor.zeros [ 2 ]) |> ignore)
        "thresholds of other units",
        [ "[units]"; "[3]" ],
        (fun () -> Boltzmann.parameters (Tensor.zeros [ 2; 2 ]) (Tensor.zeros [ 3 ]) |> ignore)
        "parameters of another machine",
        [ "[4; 4]"; "[3; 3]" ],
        (fun () -> Boltzmann.energy (Boltzmann.create 2 2 1.0) machinePs.Value (Tensor.ones [ 1; 4 ]) |> ignore)
        "samples of other units",
        [ "[n; 2]"; "[4; 3]" ],
        (fun () -> Boltzmann.logLikelihood machine machinePs.Value (Tensor.ones [ 4; 3 ]) |> ignore)
        "samples that are no bits",
        [ "0 or 1"; "0.5" ],
        (fun () -> Boltzmann.logLikelihood machine machinePs.Value (Tensor.full [ 4; 2 ] 0.5) |> ignore)
        "Gibbs sampling of other units",
        [ "[chains; 3]"; "[4; 2]" ],
        run (Boltzmann.gibbs machine machinePs.Value) (Tensor.ones [ 4; 2 ])
        "mean field of other units",
        [ "[n; 3]"; "[4; 2]" ],
        (fun () -> Boltzmann.meanField 0 5 machine machinePs.Value (Tensor.ones [ 4; 2 ]) |> ignore)
        "mean field, too many held",
        [ "4 of 3" ],
        (fun () -> Boltzmann.meanField 4 5 machine machinePs.Value (Tensor.ones [ 4; 3 ]) |> ignore)
        "no chains", [ "at least one chain" ], (fun () -> Boltzmann.sampled 0 1 0.1 machine |> ignore)
        "no mean-field step", [ "at least one step" ], (fun () -> Boltzmann.meanFieldLearning 0 0.1 machine |> ignore)
        "pseudo-likelihood with hidden units",
        [ "1 hidden" ],
        (fun () -> Boltzmann.pseudoLikelihood 0.1 machine |> ignore)
        "pseudo-likelihood of other units",
        [ "[n; 3]"; "[4; 2]" ],
        (fun () -> Boltzmann.logPseudoLikelihood machine machinePs.Value (Tensor.ones [ 4; 2 ]) |> ignore)
        for rule in
            [
                Boltzmann.exact 0.1 machine
                Boltzmann.sampled 3 1 0.1 machine
                Boltzmann.meanFieldLearning 2 0.1 machine
            ] do
            "a batch that is no bits", [ "0 or 1"; "0.5" ], estimate rule (Tensor.full [ 4; 2 ] 0.5)
            "a batch of other units", [ "[n; 2]"; "[4; 3]" ], estimate rule (Tensor.ones [ 4; 3 ])
        let seen = Boltzmann.pseudoLikelihood 0.1 (Boltzmann.create 2 0 1.0)
        "a batch that is no bits, pseudo-likelihood", [ "0 or 1"; "0.5" ], estimate seen (Tensor.full [ 4; 2 ] 0.5)

        // Restricted Boltzmann machines
        "a layer without units", [ "0 and 3" ], (fun () -> Rbm.bernoulli 0 3 |> ignore)
        "groups that do not fit", [ "groups of 3"; "4" ], (fun () -> Rbm.create (Units.Softmax 3) 4 spins 2 |> ignore)
        "groups of one", [ "at least 2" ], (fun () -> Rbm.create spins 2 (Units.Softmax 1) 4 |> ignore)

        "visible units of another machine",
        [ "[n; 3]"; "[4; 2]" ],
        (fun () -> Rbm.hiddenMeans rbm ps.Value (Tensor.ones [ 4; 2 ]) |> ignore)

        "hidden units of another machine",
        [ "[n; 2]"; "[4; 3]" ],
        (fun () -> Rbm.visibleMeans rbm ps.Value (Tensor.ones [ 4; 3 ]) |> ignore)

        "a machine's parameters for another",
        [ "[3; 4]"; "[3; 2]" ],
        (fun () -> Rbm.hiddenMeans (Rbm.bernoulli 3 4) ps.Value (Tensor.ones [ 4; 3 ]) |> ignore)

        "a bias of another length",
        [ "[3] and [2]"; "[1]" ],
        (fun () ->
            Rbm.freeEnergy
                rbm
                (Rbm.parameters (Tensor.zeros [ 3; 2 ]) (Tensor.zeros [ 3 ]) (Tensor.zeros [ 1 ]))
                (Tensor.ones [ 4; 3 ])
            |> ignore)

        "tempered real units", [ "real values" ], (fun () -> Rbm.tempered 2.0 real ps.Value |> ignore)
        "a discriminative machine without classes", [ "classes"; "0" ], (fun () -> Rbm.discriminative 3 2 0 |> ignore)

        let units =
            [
                Units.Bernoulli, 3.0 * halves.Value, "0 or 1"
                spins, Tensor.zeros [ 4; 3 ], "-1 or 1"
                Units.Gaussian, Tensor.full [ 4; 3 ] nan, "finite"
                Units.Rectified, -(Tensor.ones [ 4; 3 ]), "not negative"
                Units.Rectified, Tensor.full [ 4; 3 ] infinity, "finite"
                Units.Softmax 3, Tensor.ones [ 4; 3 ], "a single 1"
                Units.Softmax 3, Tensor.full [ 4; 3 ] (1.0 / 3.0), "a single 1"
            ]

        for visible, wrong, words in units do
            let rbm = Rbm.create visible 3 Units.Bernoulli 2

            for rule in [ cd rbm; Rbm.persistent 2 1 0.1 rbm; Rbm.fastPersistent 2 1 0.1 0.1 rbm; Rbm.exact 0.1 rbm ] do
                $"{visible} that are not", [ words ], estimate rule wrong

            $"likelihood of {visible} that are not",
            [ words ],
            (fun () -> Rbm.logLikelihood 0.0 rbm (Rbm.init 0.1 key rbm) wrong |> ignore)

        "cd 0", [ "contrastiveDivergence"; "0" ], (fun () -> Rbm.contrastiveDivergence 0 0.1 rbm |> ignore)
        "no persistent chain", [ "chains"; "0" ], (fun () -> Rbm.persistent 0 1 0.1 rbm |> ignore)
        "persistent, k = 0", [ "k is"; "0" ], (fun () -> Rbm.persistent 1 0 0.1 rbm |> ignore)
        "a fast rate below 0", [ "rate"; "-1" ], (fun () -> Rbm.fastPersistent 1 1 -1.0 0.1 rbm |> ignore)

        "tempered from 2",
        [ "first of which is 1" ],
        (fun () -> Rbm.temperedPersistent [ 2.0; 1.0 ] 1 1 0.1 rbm |> ignore)

        "tempered at one temperature",
        [ "at least two" ],
        (fun () -> Rbm.temperedPersistent [ 1.0 ] 1 1 0.1 rbm |> ignore)

        "centred, all kept", [ "below 1"; "1" ], (fun () -> Rbm.centred 1.0 rbm (cd rbm) |> ignore)
        "sparse, target 0", [ "between 0 and 1" ], (fun () -> Rbm.sparse 0.0 1.0 rbm (cd rbm) |> ignore)
        "sparse, cost -1", [ "-1" ], (fun () -> Rbm.sparse 0.5 -1.0 rbm (cd rbm) |> ignore)

        "annealed, one temperature",
        [ "at least 2"; "1" ],
        (fun () -> Rbm.annealed 1 5 (Tensor.zeros [ 3 ]) key rbm ps.Value |> ignore)

        "annealed, no chain",
        [ "at least two chains"; "0" ],
        (fun () -> Rbm.annealed 5 0 (Tensor.zeros [ 3 ]) key rbm ps.Value |> ignore)

        "annealed, another base",
        [ "3 visible units"; "[2]" ],
        (fun () -> Rbm.annealed 5 5 (Tensor.zeros [ 2 ]) key rbm ps.Value |> ignore)

        "annealed, real units",
        [ "discrete"; "Gaussian" ],
        (fun () -> Rbm.annealed 5 5 (Tensor.zeros [ 3 ]) key real (Rbm.init 0.1 key real) |> ignore)

        "annealed back, one state",
        [ "at least two chains"; "1" ],
        (fun () -> Rbm.annealedBack 5 (Tensor.ones [ 1; 3 ]) (Tensor.zeros [ 3 ]) key rbm ps.Value |> ignore)

        "tempering at one temperature", [ "at least two" ], (fun () -> Rbm.tempering [ 1.0 ] rbm ps.Value |> ignore)

        "tempering at temperature 0",
        [ "temperature"; "0" ],
        (fun () -> Rbm.tempering [ 1.0; 0.0 ] rbm ps.Value |> ignore)

        "tempering of real units",
        [ "real values" ],
        (fun () -> Rbm.tempering [ 1.0; 2.0 ] real (Rbm.init 0.1 key real) |> ignore)

        "annealed back, no states",
        [ "0 or 1" ],
        (fun () -> Rbm.annealedBack 5 halves.Value (Tensor.zeros [ 3 ]) key rbm ps.Value |> ignore)

        "likelihood of chances",
        [ "0 or 1"; "0.5" ],
        (fun () -> Rbm.logLikelihood 0.0 rbm ps.Value halves.Value |> ignore)

        for layer in [ -1; 3 ] do
            let dbm = Dbm.bernoulli [ 2; 2; 1 ]
            let states = Tensor.ones [ 1; 5 ]
            let ps = lazy Dbm.init 0.1 key dbm
            let words = [ "from 0 to 2"; string layer ]
            $"means of layer {layer}", words, (fun () -> Dbm.means dbm ps.Value layer states |> ignore)
            $"inputs of layer {layer}", words, (fun () -> Dbm.inputs dbm ps.Value layer states |> ignore)
            $"layer {layer} drawn", words, (fun () -> Dbm.draw dbm ps.Value layer key states |> ignore)

        for name, kernel in
            [
                "walk", (fun energy -> Kernel.map ignore (Metropolis.walk 1.0 energy))
                "flip", (fun energy -> Kernel.map ignore (Metropolis.flip spins energy))
                "site", (fun energy -> Kernel.map ignore (Gibbs.site spins energy))
                "sweep", (fun energy -> Kernel.map ignore (Gibbs.sweep spins energy))
                "unadjusted", Langevin.unadjusted 0.1
                "adjusted", (fun energy -> Kernel.map ignore (Langevin.adjusted 0.1 energy))
                "hamiltonian", (fun energy -> Kernel.map ignore (Langevin.hamiltonian 0.1 1 energy))
                "parallelTempering",
                (fun energy ->
                    Kernel.map
                        ignore
                        (Tempering.parallelTempering [ 1.0; 2.0 ] energy (fun _ -> Metropolis.walk 1.0 energy)))
            ] do
            for shape in [ [ 3; 2 ]; [ 1; 2 ] ] do
                $"a total energy, {name}",
                [ "an energy gives one number for each"; "gave"; "[]"; "energy" ],
                run (kernel Tensor.sum) (Tensor.ones shape)

        "chances of a total energy",
        [ "one number for each" ],
        (fun () -> Metropolis.chances spins Tensor.sum (Tensor.ones [ 2; 3 ]) |> ignore)

        "ln Z of a total energy",
        [ "one number for each" ],
        (fun () -> Energy.logPartition Tensor.sum (Energy.enumerate 3) |> ignore)

        "probabilities of a total energy",
        [ "one number for each" ],
        (fun () -> Energy.probabilities Tensor.sum (Energy.enumerate 3) |> ignore)

        "slope of a total energy",
        [ "one number for each" ],
        (fun () -> Energy.slope Tensor.sum (Tensor.ones [ 2; 3 ]) |> ignore)

        "energy of a number", [ "[n; …]"; "[]" ], (fun () -> Energy.slope id (Tensor.scalar 1.0) |> ignore)

        "base rates of no states", [ "0 or 1" ], (fun () -> Rbm.baseRates rbm halves.Value |> ignore)
        "base rates of real units", [ "Gaussian" ], (fun () -> Rbm.baseRates real (Tensor.ones [ 4; 3 ]) |> ignore)

        "pseudo-likelihood of real units",
        [ "Gaussian" ],
        (fun () -> Rbm.logPseudoLikelihood real (Rbm.init 0.1 key real) (Tensor.ones [ 4; 3 ]) |> ignore)

        "pseudo-likelihood of no states",
        [ "0 or 1" ],
        (fun () -> Rbm.logPseudoLikelihood rbm ps.Value halves.Value |> ignore)
    ]

let tests =
    testList
        "energies refuse"
        [
            test "each call of the table, in words that say what was given and what was expected" {
                let problem (name, words: string list, call: unit -> unit) =
                    let message =
                        try
                            call ()
                            "nothing was raised"
                        with :? ArgumentException as error ->
                            error.Message

                    match words |> List.filter (message.Contains >> not) with
                    | [] -> None
                    | missing -> Some $"{name}: {missing} not in: {message}"

                let table = refusals ()
                expectMore table.Length 120 "the calls that are made"
                Expect.equal (List.choose problem table) [] "problems"
            }
        ]
