/// Every learning rule of tensors, each with a batch: a new rule joins by a row.
module RuleRows

open Functional
open Functional.FSharp
open Functional.FSharp.Layers

let private key = Key.ofSeed 5
let private bits = Tensor.tensor [ [ 1.0; 1.0; 0.0 ]; [ 0.0; 1.0; 1.0 ]; [ 1.0; 0.0; 0.0 ]; [ 0.0; 0.0; 1.0 ] ]
let private spins = 2.0 * bits - 1.0
let private real = Random.normal [ 4; 3 ] key
let private rbm = Rbm.bernoulli 3 2
let private boltzmann = Boltzmann.create 3 1 1.0
let private network = dense 3 4 --> Activation.tanh --> dense 4 1
let private dbm = Dbm.bernoulli [ 3; 2; 2 ]

let private dbn =
    lazy
        (let machine visible hidden i =
            struct (Rbm.bernoulli visible hidden, Rbm.init 0.5 (Key.child i key) (Rbm.bernoulli visible hidden))

         Dbn.create [ machine 3 2 0; machine 2 2 1 ])

/// Name, rule and batch.
let rows: (string * (unit -> Rule<Tensor>) * Tensor) list =
    let cd = Rbm.contrastiveDivergence 1 0.5
    // What a caller draws is of his dtype.
    let draw dtype n key = Random.normalOf dtype [ n; 3 ] key
    let walk energy = Langevin.unadjusted 0.01 energy

    [
        "Rbm.contrastiveDivergence", (fun () -> cd rbm), bits
        "Rbm.contrastiveDivergence of spins", (fun () -> cd (Rbm.create Units.Spin 3 Units.Spin 2)), spins
        "Rbm.contrastiveDivergence of real units", (fun () -> cd (Rbm.create Units.Gaussian 3 Units.Rectified 2)), real
        "Rbm.contrastiveDivergence of groups",
        (fun () -> cd (Rbm.create (Units.Softmax 3) 3 Units.Bernoulli 2)),
        Tensor.tensor [ [ 1.0; 0.0; 0.0 ]; [ 0.0; 0.0; 1.0 ] ]
        "Rbm.persistent", (fun () -> Rbm.persistent 3 1 0.5 rbm), bits
        "Rbm.fastPersistent", (fun () -> Rbm.fastPersistent 3 1 0.1 0.5 rbm), bits
        "Rbm.temperedPersistent", (fun () -> Rbm.temperedPersistent [ 1.0; 2.0 ] 3 1 0.5 rbm), bits
        "Rbm.centred", (fun () -> Rbm.centred 0.9 rbm (cd rbm)), bits
        "Rbm.sparse", (fun () -> Rbm.sparse 0.1 0.5 rbm (cd rbm)), bits
        "Rbm.exact", (fun () -> Rbm.exact 0.5 rbm), bits
        "Boltzmann.exact", (fun () -> Boltzmann.exact 0.5 boltzmann), bits
        "Boltzmann.sampled", (fun () -> Boltzmann.sampled 3 1 0.5 boltzmann), bits
        "Boltzmann.meanFieldLearning", (fun () -> Boltzmann.meanFieldLearning 2 0.5 boltzmann), bits
        "Boltzmann.pseudoLikelihood", (fun () -> Boltzmann.pseudoLikelihood 0.5 (Boltzmann.create 3 0 1.0)), bits
        "Hopfield.hebbian", (fun () -> Hopfield.hebbian 3), spins
        "Dbn.upDown", (fun () -> Dbn.upDown 1 dbn.Value), bits
        "Dbm.persistent", (fun () -> Dbm.persistent 3 1 2 (Dbm.init 0.5 key dbm) dbm), bits
        "EnergyNetwork.contrastiveDivergence", (fun () -> EnergyNetwork.contrastiveDivergence walk 1 0.1 network), real
        "EnergyNetwork.persistent",
        (fun () -> EnergyNetwork.persistent walk 1 8 0.5 (draw Dtype.Float32) 0.1 network),
        real
        "EnergyNetwork.scoreMatching", (fun () -> EnergyNetwork.scoreMatching network), real
        "EnergyNetwork.slicedScoreMatching", (fun () -> EnergyNetwork.slicedScoreMatching network), real
        "EnergyNetwork.denoisingScoreMatching", (fun () -> EnergyNetwork.denoisingScoreMatching 0.5 network), real
        "EnergyNetwork.multiscaleScoreMatching",
        (fun () -> EnergyNetwork.multiscaleScoreMatching [ 0.1; 1.0 ] network),
        real
        "EnergyNetwork.noiseContrastive",
        (fun () ->
            EnergyNetwork.noiseContrastive
                (draw Dtype.Float32)
                (fun x -> Tensor.sumOver 1 (-0.5 * Tensor.square x))
                network),
        real
        "sharpnessAware", (fun () -> Rule.sharpnessAware 0.1 (Rbm.exact 0.5 rbm)), bits
        "lbfgs", (fun () -> Rule.lbfgs 2 2 (Rbm.exact 0.5 rbm)), bits
        "requireFinite", (fun () -> Rule.requireFinite (Rbm.exact 0.5 rbm)), bits
    ]
