namespace Functional.FSharp

open Functional

/// Distributions with closed inverses: one number of the key makes one element.
[<AutoOpen>]
module RandomContinuous =

    /// Distributions with closed inverses: one number of the key makes one element.
    [<RequireQualifiedAccess>]
    module Random =

        /// Exponential with rate 1, density e⁻ˣ on x > 0; of a floating-point dtype.
        let exponentialOf (dtype: Dtype) (shape: int seq) (key: Key) =
            Drawing.fill "exponential" dtype shape (fun i -> -log(Drawing.inside i key))

        /// Exponential with rate 1, density e⁻ˣ on x > 0; float32.
        let exponential (shape: int seq) (key: Key) = exponentialOf Dtype.Float32 shape key

        /// Laplace with mean 0 and scale 1, density e^(-|x|)/2; of a floating-point dtype.
        let laplaceOf (dtype: Dtype) (shape: int seq) (key: Key) =
            Drawing.fill "laplace" dtype shape (fun i ->
                let u = Drawing.inside i key
                if u < 0.5 then log (2.0 * u) else -log(2.0 * (1.0 - u)))

        /// Laplace with mean 0 and scale 1, density e^(-|x|)/2; float32.
        let laplace (shape: int seq) (key: Key) = laplaceOf Dtype.Float32 shape key

        /// Gumbel with location 0 and scale 1, distribution function exp(-e⁻ˣ); always finite; of a floating-point dtype.
        let gumbelOf (dtype: Dtype) (shape: int seq) (key: Key) =
            Drawing.fill "gumbel" dtype shape (fun i -> -log(-log(Drawing.inside i key)))

        /// Gumbel with location 0 and scale 1, distribution function exp(-e⁻ˣ); always finite; float32.
        let gumbel (shape: int seq) (key: Key) = gumbelOf Dtype.Float32 shape key
