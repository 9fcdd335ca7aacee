/// What deep Boltzmann machines refuse, and in which words.
module DbmRefusalTests

open System
open Expecto
open Functional
open Functional.FSharp
open Support
open DbmMachines

let private key = Key.ofSeed 83
let private moment = { Step = 3; Key = key }

let private refusals () : (string * string list * (unit -> unit)) list =
    let dbm, ps = bernoulli [ 3; 2; 2 ] 1.0 1
    let v = bits 5 3 1

    let estimate (rule: Rule<Tensor>) v =
        let struct (ps, state) = Rule.init key rule
        Rule.estimate rule moment ps state v

    [
        "one layer", [ "at least one hidden"; "1 layers" ], (fun () -> Dbm.bernoulli [ 3 ] |> ignore)
        "no units", [ "not 3 and 0" ], (fun () -> Dbm.bernoulli [ 3; 0 ] |> ignore)
        "groups that do not come out",
        [ "groups of 3"; "4" ],
        (fun () -> Dbm.create [ struct (Units.Bernoulli, 2); struct (Units.Softmax 3, 4) ] |> ignore)
        "real hidden units",
        [ "discrete"; "Gaussian" ],
        (fun () -> Dbm.create [ struct (Units.Bernoulli, 2); struct (Units.Gaussian, 2) ] |> ignore)
        "states of another width",
        [ "energy"; "3 + 2 + 2"; "[5; 6]" ],
        (fun () -> Dbm.energy dbm ps (bits 5 6 1) |> ignore)
        "even layers of another width",
        [ "evenFreeEnergy"; "3 + 2]"; "[5; 7]" ],
        (fun () -> Dbm.evenFreeEnergy dbm ps (bits 5 7 1) |> ignore)
        "odd layers of another width",
        [ "oddFreeEnergy"; "[n; 2]"; "[5; 3]" ],
        (fun () -> Dbm.oddFreeEnergy dbm ps v |> ignore)
        "parameters of another machine",
        [ "bias/0"; "[3]"; "[4]" ],
        (fun () -> Dbm.energy dbm (snd (bernoulli [ 4; 2; 2 ] 1.0 1)) (bits 5 7 1) |> ignore)
        "weights of another machine",
        [ "weight/0"; "[3; 2]"; "[3; 4]" ],
        (fun () ->
            let weight = Leaf { Role = Role.Weight; Value = doubles [ 3; 4 ] 1 }
            Dbm.energy dbm (Tree.set [ "weight"; "0" ] weight ps) (bits 5 7 1) |> ignore)
        "biases of another machine",
        [ "bias/2"; "[2]"; "[3]" ],
        (fun () ->
            let bias = Leaf { Role = Role.Bias; Value = doubles [ 3 ] 1 }
            Dbm.energy dbm (Tree.set [ "bias"; "2" ] bias ps) (bits 5 7 1) |> ignore)
        "parameters of too few layers",
        [ "bias/2" ],
        (fun () -> Dbm.energy dbm (snd (bernoulli [ 3; 2 ] 1.0 1)) (bits 5 7 1) |> ignore)
        "a layer that is not there", [ "0 to 2"; "3" ], (fun () -> Dbm.inputs dbm ps 3 (bits 5 7 1) |> ignore)
        "joining layers that do not match",
        [ "join"; "[n; 2]"; "[5; 4]" ],
        (fun () -> Dbm.join dbm [ v; bits 5 4 1; bits 5 2 1 ] |> ignore)
        "joining too few layers", [ "join" ], (fun () -> Dbm.join dbm [ v; bits 5 2 1 ] |> ignore)
        "no sweeps", [ "sampleFrom"; "not 0" ], (fun () -> Dbm.sample 0 5 key dbm ps |> ignore)
        "no samples", [ "sample"; "not 0" ], (fun () -> Dbm.sample 1 0 key dbm ps |> ignore)
        "samples of another width",
        [ "meanField"; "[n; 3]"; "[5; 4]" ],
        (fun () -> Dbm.meanField 0.0 0.0 1 dbm ps (bits 5 4 1) |> ignore)
        "samples that are no chances",
        [ "probabilities"; "1.5" ],
        (fun () -> Dbm.meanField 0.0 0.0 1 dbm ps (Tensor.full [ 1; 3 ] 1.5) |> ignore)
        "keeping all", [ "keep"; "below 1"; "not 1" ], (fun () -> Dbm.meanField 1.0 0.0 1 dbm ps v |> ignore)
        "keeping NaN", [ "below 1"; "NaN" ], (fun () -> Dbm.meanField nan 0.0 1 dbm ps v |> ignore)
        "a negative tolerance", [ "-0.1" ], (fun () -> Dbm.meanField 0.0 -0.1 1 dbm ps v |> ignore)
        "negative sweeps", [ "-1" ], (fun () -> Dbm.meanField 0.0 0.0 -1 dbm ps v |> ignore)
        "a bound of grey levels",
        [ "0 or 1"; "0.5" ],
        (fun () -> Dbm.bound 0.0 dbm ps (Tensor.cast Dtype.Float64 (Tensor.full [ 1; 7 ] 0.5)) |> ignore)
        "a bound of means that are none",
        [ "between 0 and 1" ],
        (fun () -> Dbm.bound 0.0 dbm ps (Tensor.cat 1 [ v; 2.0 * Tensor.onesLike v; v[*, 0..0] ]) |> ignore)
        "too many units to enumerate",
        [ "logPartition"; "26 units"; "up to 25"; "Dbm.annealed" ],
        (fun () ->
            let dbm = Dbm.bernoulli [ 30; 26 ]
            Dbm.logPartition dbm (Dbm.init 0.1 key dbm) |> ignore)
        "too many hidden units to enumerate",
        [ "logLikelihood"; "27 units"; "Dbm.bound" ],
        (fun () ->
            let dbm = Dbm.bernoulli [ 4; 30; 27 ]
            Dbm.logLikelihood 0.0 dbm (Dbm.init 0.1 key dbm) (Tensor.zeros [ 1; 4 ]) |> ignore)
        "layers that cannot be enumerated",
        [ "neither" ],
        (fun () ->
            let dbm = Dbm.create [ struct (Units.Gaussian, 2); struct (Units.Softmax 3, 3) ]
            Dbm.logPartition dbm (Dbm.init 0.1 key dbm) |> ignore)
        "likelihood of grey levels",
        [ "logLikelihood"; "0 or 1" ],
        (fun () -> Dbm.logLikelihood 0.0 dbm ps (0.5 * v + 0.25) |> ignore)
        "annealing from another base",
        [ "3 visible"; "[2]" ],
        (fun () -> Dbm.annealed 5 5 (doubles [ 2 ] 1) key dbm ps |> ignore)
        "annealing at one temperature",
        [ "annealed"; "not 1" ],
        (fun () -> Dbm.annealed 1 5 (doubles [ 3 ] 1) key dbm ps |> ignore)
        "annealing without chains",
        [ "chain"; "not 0" ],
        (fun () -> Dbm.annealed 5 0 (doubles [ 3 ] 1) key dbm ps |> ignore)
        "annealing real units",
        [ "discrete"; "Gaussian" ],
        (fun () ->
            let dbm = Dbm.create [ struct (Units.Gaussian, 3); struct (Units.Bernoulli, 2) ]
            Dbm.annealed 5 5 (Tensor.zeros [ 3 ]) key dbm (Dbm.init 0.1 key dbm) |> ignore)
        for name, rule in
            [
                "chains", (fun () -> Dbm.persistent 0 1 1 ps dbm)
                "k", (fun () -> Dbm.persistent 5 0 1 ps dbm)
                "sweeps", (fun () -> Dbm.persistent 5 1 0 ps dbm)
            ] do
            $"persistent with no {name}", [ "persistent"; name; "not 0" ], (fun () -> rule () |> ignore)
        "starting from another machine's parameters",
        [ "bias/0"; "[4]" ],
        (fun () -> Dbm.persistent 5 1 1 (snd (bernoulli [ 4; 2; 2 ] 1.0 1)) dbm |> ignore)
        "learning from samples of another width",
        [ "meanField"; "[5; 4]" ],
        (fun () -> estimate (Dbm.persistent 5 1 1 ps dbm) (bits 5 4 1) |> ignore)
        "hidden units that are no sigmoids",
        [ "toLayer"; "Spin" ],
        (fun () ->
            let dbm, ps = machineOf [ Units.Bernoulli, 3; Units.Spin, 2 ] 1.0 1
            Dbm.toLayer 2 dbm ps |> ignore)
    ]

let tests =
    testList
        "refused by deep Boltzmann machines"
        [ for name, words, f in refusals () -> test name { expectError<ArgumentException> words f } ]
