namespace Functional.CSharp;

/// <summary>
/// The threads that one operation is shared among. Sums of all of more than 32,768 numbers (Sum, Mean, Var, Norm, Prod,
/// LogSumExp, Dot), products and decompositions of large matrices, the gradients of convolutions' weights and those of
/// normalisations are added up in an order that depends on their number: bits are the same for the same number.
/// </summary>
public static class Threads
{
    /// <summary>How many there are: those that were set, else OMP_NUM_THREADS, else one for each core.</summary>
    public static int Count => FSharp.Threads.count();

    /// <summary>From now on so many, at least 1, on whatever thread the library is called.</summary>
    public static void Set(int count) => FSharp.Threads.set(count);
}
