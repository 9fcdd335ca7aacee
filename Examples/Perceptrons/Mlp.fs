/// A perceptron with one hidden layer.
module Functional.Examples.Mlp

open Functional.FSharp
open Functional.FSharp.Layers

let mlp = flatten --> dense 784 128 --> relu --> dense 128 10

/// The five optimizers of the course, each at a rate at which it learns well.
let optimizers =
    let at rate = Schedule.constant rate

    [
        "adam", (fun (_: int) -> Optimizer.adam (at 1e-3))
        "sgd", (fun _ -> Optimizer.sgd (at 0.1))
        "momentum", (fun _ -> Optimizer.momentum (at 0.02) 0.9)
        "adagrad", (fun _ -> Optimizer.adagrad (at 0.02))
        "rmsprop", (fun _ -> Optimizer.rmsProp (at 1e-3))
    ]

/// 101,770 parameters; about 97.5 % of MNIST's test digits.
let entry =
    Classifier.entry
        {
            Name = "mlp"
            Description = "A perceptron with a hidden layer reads handwritten digits"
            Network = mlp
            Optimizers = optimizers
            Epochs = 5
            Unit = "hidden unit"
            Twin = fun name (digits, epochs, key) -> CSharp.Mlp.Train(digits, epochs, key, name)
        }
