namespace Functional.FSharp

open Functional
open Functional.FSharp.Wrapping

/// How variables change together, and numbers brought to one scale.
[<AutoOpen>]
module TensorCovariance =

    /// How variables change together, and numbers brought to one scale.
    [<RequireQualifiedAccess>]
    module Tensor =

        // x less its mean, twice: the second time what rounding left of a mean that is large beside what varies.
        let private centred (mean: Tensor -> Tensor) (x: Tensor) =
            let apart = x - mean x
            apart - mean apart

        // f of numbers whose scale does not matter: in float64 where a check says that another range is too small for what happens
        // inside.
        let private ranged (isUsual: unit -> bool) (f: Tensor -> Tensor) (x: Tensor) =
            if x.Dtype = Dtype.Float64 || isUsual () then
                f x
            else
                f (Tensor.cast Dtype.Float64 x) |> Tensor.cast x.Dtype

        // Products of the deviations of each pair of variables, summed over the observations: [v; v]; [n] is one variable.
        let private covarianceBy name unbiased (x: Tensor) : Tensor =
            Native.requireFloating name x.Raw

            if x.Rank > 2 then
                refuse name x "it takes variables in rows and observations in columns, [variables; observations]"

            under name (fun () ->
                let rows = if x.Rank = 2 then x else Tensor.reshape [ 1; -1 ] x
                let count = rows.Shape[1]
                // Of too few observations NaN, as the variance.
                let freedom =
                    if count > (if unbiased then 1 else 0) then
                        float (count - (if unbiased then 1 else 0))
                    else
                        nan

                let apart = if count = 0 then rows else centred (Tensor.meanKeeping 1) rows
                Tensor.matmul apart (Tensor.transpose 0 1 apart) / freedom)

        // A single variable gives a number, as DiffSharp's and NumPy's.
        let private single (x: Tensor) (matrix: Tensor) = if x.Rank < 2 then Tensor.reshape [] matrix else matrix

        /// The covariances Σ (xᵢ - meanᵢ)(xⱼ - meanⱼ)/(n - 1) of variables in rows and observations in columns, or over n with
        /// unbiased = false: [v; n] -> [v; v], and [n] -> []. A variable with NaN has NaN in its row and column; of fewer than
        /// two observations all are NaN.
        let covWith (unbiased: bool) (x: Tensor) : Tensor = covarianceBy "covWith" unbiased x |> single x

        /// The unbiased covariances Σ (xᵢ - meanᵢ)(xⱼ - meanⱼ)/(n - 1) of variables in rows and observations in columns:
        /// [v; n] -> [v; v], and [n] -> []; see `covWith`.
        let cov (x: Tensor) : Tensor = covarianceBy "cov" true x |> single x

        /// The correlations of variables in rows and observations in columns, covᵢⱼ/√(covᵢᵢ·covⱼⱼ), from -1 to 1:
        /// [v; n] -> [v; v], and [n] -> []. A variable with NaN, or one that does not vary, has NaN in its row and column.
        let corrcoef (x: Tensor) : Tensor =
            let correlations (x: Tensor) =
                let matrix = covarianceBy "corrcoef" true x
                let rows = if x.Rank = 2 then x else Tensor.reshape [ 1; -1 ] x
                let spread = Tensor.diagonal 0 0 1 matrix |> Tensor.sqrt

                // What does not vary may differ from its mean by rounding.
                let spread =
                    if rows.Shape[1] = 0 then
                        spread
                    else
                        let still = Tensor.eq (Tensor.maxOver 1 rows) (Tensor.minOver 1 rows)
                        Tensor.where still (Tensor.fullLike nan spread) spread

                let found = matrix / Tensor.unsqueeze 1 spread / Tensor.unsqueeze 0 spread
                // Rounding may lead beyond 1; the derivative is that of the unrounded formula.
                let constant = Tensor.stopGradient found
                found + (Tensor.clamp -1.0 1.0 constant - constant) |> single x

            let isUsual () =
                let variances = Tensor.diagonal 0 0 1 (covarianceBy "corrcoef" true (Tensor.stopGradient x))
                Native.forAll (fun v -> System.Double.IsNaN v || v > 1e-30 && v < 1e37) variances.Raw

            under "corrcoef" (fun () -> ranged isUsual correlations x)

        // What `f` makes of x, and zeros where all elements are equal: there the mean may differ from them by rounding.
        let private unlessConstant name (f: Tensor -> Tensor) (x: Tensor) : Tensor =
            Native.requireFloating name x.Raw

            under name (fun () ->
                if Native.count x.Raw = 0L then
                    x
                else
                    let still = Tensor.eq (Tensor.max x) (Tensor.min x)
                    // Numbers that do vary, so that no derivative is 0·∞.
                    let varied =
                        Tensor.where still (Tensor.arangeLike 0.0 (float x.Count) 1.0 x |> Tensor.reshape x.Shape) x

                    let isUsual () =
                        let largest = Tensor.max (Tensor.abs (Tensor.stopGradient varied))
                        Native.forAll (fun size -> not (size > 1e30) && not (size < 1e-30)) largest.Raw

                    Tensor.where still (Tensor.zerosLike x) (ranged isUsual f varied))

        /// (x - min)/(max - min) over all elements: from 0 to 1; zeros where all are equal.
        let normalize (x: Tensor) : Tensor =
            x
            |> unlessConstant "normalize" (fun x ->
                let least = Tensor.min x
                (x - least) / (Tensor.max x - least))

        /// (x - mean)/std over all elements, with the unbiased standard deviation: mean 0 and variance 1; zeros where all are
        /// equal.
        let standardize (x: Tensor) : Tensor =
            x |> unlessConstant "standardize" (fun x -> centred Tensor.mean x / Tensor.std x)
