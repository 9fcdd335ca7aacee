/// Convolution, batch normalisation, activation, pooling and dropout, twice: the block of which convolutional networks are built.
module Functional.Examples.Cbapd

open Functional
open Functional.FSharp
open Functional.FSharp.Layers

let private block inputs outputs =
    conv2dWith { Convolution.standard with Padding = Padding.Same } inputs outputs [ 5 ]
    --> batchNorm outputs
    --> relu
    --> maxpool2d 2
    --> dropout 0.2

let cbapd = block 1 16 --> block 16 32 --> flatten --> dense 1568 10

/// 29,034 parameters; above 99 % of MNIST's test digits.
let entry =
    Classifier.entry
        {
            Name = "cbapd"
            Description = "Convolution, batch norm, activation, pooling, dropout: twice"
            Network = cbapd
            Optimizers = [ "adam", (fun steps -> Optimizer.adam (Schedule.cosine 2e-3 0.0 steps)) ]
            Epochs = 4
            Unit = "kernel"
            Twin = fun _ -> CSharp.Cbapd.Train
        }
