/// A perceptron with one hidden layer.
module Functional.Examples.Mlp

open Functional.FSharp
open Functional.FSharp.Layers

let mlp = flatten --> dense 784 128 --> relu --> dense 128 10

/// 101,770 parameters; about 97.5 % of MNIST's test digits.
let entry =
    Classifier.entry
        {
            Name = "mlp"
            Description = "A perceptron with a hidden layer reads handwritten digits"
            Network = mlp
            Optimizer = fun _ -> Optimizer.adam (Schedule.constant 1e-3)
            Epochs = 5
            Unit = "hidden unit"
            Twin = CSharp.Mlp.Train
        }
