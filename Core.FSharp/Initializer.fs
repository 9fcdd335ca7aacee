namespace Functional

/// How many inputs each output sums over, and how many outputs each input reaches.
[<Struct>]
type Fans =
    {
        /// How many inputs each output sums over.
        In: int
        /// How many outputs each input reaches.
        Out: int
    }

/// Draws the first values of a parameter from its fans, its shape and a key.
type Initializer = Fans -> int list -> Key -> Tensor

namespace Functional.FSharp

open Functional

/// First values of parameters.
[<RequireQualifiedAccess>]
module Initializer =

    let private uniform bound shape key = bound * (2.0 * Random.uniform shape key - 1.0)

    /// U(-1/√in, 1/√in): variance 1/(3·in). PyTorch's default for weights and biases of dense and convolutional layers.
    let standard: Initializer = fun fans shape key -> uniform (1.0 / sqrt (float fans.In)) shape key

    /// N(0, 2/in) (He et al. 2015, https://arxiv.org/abs/1502.01852).
    let he: Initializer = fun fans shape key -> sqrt (2.0 / float fans.In) * Random.normal shape key

    /// U(-b, b) with b = √(6/(in + out)): variance 2/(in + out) (Glorot and Bengio 2010).
    let glorot: Initializer = fun fans shape key -> uniform (sqrt (6.0 / float (fans.In + fans.Out))) shape key

    /// Zeros.
    let zeros: Initializer = fun _ shape _ -> Tensor.zeros shape

    /// Ones.
    let ones: Initializer = fun _ shape _ -> Tensor.ones shape
