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

    let private requirePositive name what (value: float) =
        if not (value > 0.0 && value < infinity) then
            invalidArg what $"{name}: the {what} is positive and finite, not {invariant value}"

    let private between bound shape key = bound * (2.0 * Random.uniform shape key - 1.0)
    let private spread variance shape key = sqrt variance * Random.normal shape key

    /// U(-1/√in, 1/√in): variance 1/(3·in). PyTorch's default for weights and biases of dense and convolutional layers.
    let standard: Initializer = fun fans shape key -> between (1.0 / sqrt (float fans.In)) shape key

    /// N(0, 2/in) (He et al. 2015, https://arxiv.org/abs/1502.01852).
    let he: Initializer = fun fans shape key -> spread (2.0 / float fans.In) shape key

    /// U(-b, b) with b = √(6/in): the variance 2/in of `he`.
    let heUniform: Initializer = fun fans shape key -> between (sqrt (6.0 / float fans.In)) shape key

    /// U(-b, b) with b = √(6/(in + out)): variance 2/(in + out) (Glorot and Bengio 2010).
    let glorot: Initializer = fun fans shape key -> between (sqrt (6.0 / (float fans.In + float fans.Out))) shape key

    /// N(0, 2/(in + out)): the variance of `glorot`.
    let glorotNormal: Initializer = fun fans shape key -> spread (2.0 / (float fans.In + float fans.Out)) shape key

    /// N(0, 1/in), standard deviation 1/√in (LeCun et al. 1998, Efficient BackProp): what SELU and `alphaDropout` start from.
    let lecun: Initializer = fun fans shape key -> spread (1.0 / float fans.In) shape key

    /// U(-b, b) with b = √(3/in): the variance 1/in of `lecun`.
    let lecunUniform: Initializer = fun fans shape key -> between (sqrt (3.0 / float fans.In)) shape key

    /// U(-bound, bound): variance bound²/3, whatever the fans.
    let uniform (bound: float) : Initializer =
        requirePositive "uniform" (nameof bound) bound
        fun _ shape key -> between bound shape key

    /// N(0, deviation²), whatever the fans.
    let normal (deviation: float) : Initializer =
        requirePositive "normal" (nameof deviation) deviation
        fun _ shape key -> deviation * Random.normal shape key

    /// N(0, deviation²) between -2 and 2 deviations, whatever the fans: as PyTorch's, the deviation is that before cutting,
    /// and the variance that remains 0.7737·deviation².
    let truncatedNormal (deviation: float) : Initializer =
        requirePositive "truncatedNormal" (nameof deviation) deviation
        fun _ shape key -> deviation * Random.truncatedNormal -2.0 2.0 shape key

    /// An orthogonal matrix, each as likely as any other: qᵀ·q = 1, where there are more columns than rows q·qᵀ = 1
    /// (Saxe, McClelland and Ganguli 2013, https://arxiv.org/abs/1312.6120). Of a shape [a; b; c; …] the matrix is [a; b·c·…].
    let orthogonal: Initializer =
        fun _ shape key ->
            match shape with
            | rows :: (_ :: _ as rest) ->
                let columns = Native.product "orthogonal" rest
                let tall, narrow = max rows columns, min rows columns
                let q, r = Tensor.qr (Random.normalOf Dtype.Float64 [ tall; narrow ] key)
                // With the signs of r's diagonal the distribution is even (Mezzadri 2007, https://arxiv.org/abs/math-ph/0609050).
                let even = q * Tensor.sign (Tensor.diagonal 0 0 1 r)
                let matrix = if rows < columns then Tensor.transpose 0 1 even else even
                matrix |> Tensor.cast Dtype.Float32 |> Tensor.reshape shape
            | _ ->
                let given = Native.showShape [| for axis in shape -> int64 axis |]
                invalidArg (nameof shape) $"orthogonal: a matrix has at least two axes, but the shape is {given}"

    /// Another initializer's values, multiplied: `scaled (sqrt 2.0) orthogonal` suits relu.
    let scaled (factor: float) (draw: Initializer) : Initializer =
        let times (values: Tensor) = factor * values
        fun fans shape key -> times (draw fans shape key)

    /// One number everywhere.
    let constant (value: float) : Initializer =
        let fill shape = Tensor.full shape value
        fun _ shape _ -> fill shape

    /// Zeros.
    let zeros: Initializer = fun _ shape _ -> Tensor.zeros shape

    /// Ones.
    let ones: Initializer = fun _ shape _ -> Tensor.ones shape
