/// Softmax regression: a linear classifier.
module Functional.Examples.Softmax

open Functional.FSharp
open Functional.FSharp.Layers

let softmax = flatten --> dense 784 10

/// 7,850 parameters; about 92 % of MNIST's test digits.
let entry =
    Classifier.entry
        {
            Name = "softmax"
            Description = "Softmax regression reads handwritten digits"
            Network = softmax
            Optimizers = [ "sgd", (fun _ -> Optimizer.sgd (Schedule.constant 0.1)) ]
            Epochs = 5
            Unit = "digit"
            Twin = fun _ -> CSharp.Softmax.Train
        }
