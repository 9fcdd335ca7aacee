namespace Functional.FSharp

open Functional

/// How much chains tell: of one number for each position, draws are [steps; chains], as Kernel.sample gives them.
[<RequireQualifiedAccess>]
module Chains =

    // The numbers of each chain.
    let private chains name (draws: Tensor) : float[][] =
        if draws.Rank <> 2 || draws.Shape[0] < 4 || draws.Shape[1] < 1 then
            invalidArg
                (nameof draws)
                $"{name}: expected draws [steps; chains] of at least 4 steps and one chain, but was given {draws}"

        let numbers = Tensor.toDoubles (Tensor.transpose 0 1 draws)
        Array.chunkBySize draws.Shape[0] numbers

    let private variance (xs: float[]) =
        let mean = Array.average xs
        Array.sumBy (fun x -> (x - mean) ** 2.0) xs / float (xs.Length - 1)

    // The mean of the chains' variances, and the variance of all that they tell together.
    let private variances (chains: float[][]) =
        let n = float chains[0].Length
        let within = chains |> Array.averageBy variance
        let between = if chains.Length = 1 then 0.0 else chains |> Array.map Array.average |> variance
        struct (within, (n - 1.0) / n * within + between)

    // The correlation of draws so many steps apart, in which chains that lie apart count as correlated.
    let private correlation (chains: float[][]) =
        let n = chains[0].Length
        let struct (within, all) = variances chains

        let centred =
            chains
            |> Array.map (fun xs ->
                let mean = Array.average xs
                xs |> Array.map (fun x -> x - mean))

        fun lag ->
            let covariance (xs: float[]) =
                let mutable sum = 0.0

                for i in 0 .. n - 1 - lag do
                    sum <- sum + xs[i] * xs[i + lag]

                sum / float (n - 1)

            1.0 - (within - Array.averageBy covariance centred) / all

    /// The correlations of draws 0, 1, …, `lags` steps apart, over all chains: those of one chain, raised towards 1 where chains
    /// lie apart (Vehtari et al. 2021, https://doi.org/10.1214/20-BA1221). NaN where the draws do not vary.
    let autocorrelations (lags: int) (draws: Tensor) : float[] =
        let chains = chains "autocorrelations" draws

        if lags < 0 || lags >= chains[0].Length then
            invalidArg
                (nameof lags)
                $"autocorrelations: draws of {chains[0].Length} steps are from 0 to {chains[0].Length - 1} steps apart, not {lags}"

        Array.init (lags + 1) (correlation chains)

    // -1 + 2·Σ of pairs ρ₂ₖ + ρ₂ₖ₊₁ as long as these are positive, none larger than the one before; not so little that N draws
    // would tell as much as more than N·log₁₀N.
    let private time (chains: float[][]) =
        let correlation = correlation chains

        let rec sum total last k =
            if 2 * k + 1 >= chains[0].Length then
                total
            else
                let pair = min last (correlation (2 * k) + correlation (2 * k + 1))
                if pair > 0.0 then sum (total + pair) pair (k + 1) else total

        if System.Double.IsNaN(correlation 0) then
            nan
        else
            max (-1.0 + 2.0 * sum 0.0 infinity 0) (1.0 / log10 (float (chains.Length * chains[0].Length)))

    /// How many steps tell as much as one independent draw: 1 + 2·Σρ over the steps apart, by the initial monotone sequence of
    /// pairs (Geyer 1992, https://doi.org/10.1214/ss/1177011137) over all chains (Vehtari et al. 2021,
    /// https://doi.org/10.1214/20-BA1221); at least 1/log₁₀N for N draws, Stan's bound, for chains that go to and fro, whose sum
    /// may come out at 0 or below. NaN where the draws do not vary.
    let autocorrelationTime (draws: Tensor) : float = time (chains "autocorrelationTime" draws)

    /// How many independent draws tell as much of the mean as these: their number N over the autocorrelation time, so at most
    /// N·log₁₀N. NaN where they do not vary.
    let effectiveSampleSize (draws: Tensor) : float =
        let chains = chains "effectiveSampleSize" draws
        float (chains.Length * chains[0].Length) / time chains

    /// Split R̂: the root of the variance of all draws over that within half chains, near 1 where chains agree with each other and
    /// with themselves (Gelman and Rubin 1992, https://doi.org/10.1214/ss/1177011136; halves as in Gelman et al. 2013). The middle
    /// step of an odd number is left out. NaN where the draws do not vary.
    let splitRhat (draws: Tensor) : float =
        let halves (xs: float[]) =
            let half = xs.Length / 2
            [| xs[.. half - 1]; xs[xs.Length - half ..] |]

        let struct (within, all) = variances (Array.collect halves (chains "splitRhat" draws))
        sqrt (all / within)
