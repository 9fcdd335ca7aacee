namespace Functional.CSharp;

public static partial class TensorExtensions
{
    /// <summary>The inverse of square matrices: [...; n; n]. Singular ones are refused.</summary>
    public static Tensor Inv(this Tensor a) => TensorDecompositions.inv(Bridge.Given(a));

    /// <summary>The determinant of square matrices: [...; n; n] -&gt; [...], with derivatives at singular ones too.</summary>
    public static Tensor Det(this Tensor a) => TensorDecompositions.det(Bridge.Given(a));

    /// <summary>
    /// The sign of the determinant and the logarithm of its size: [...; n; n] -&gt; [...] each. At a singular matrix the
    /// logarithm, -∞, has no derivative: an ArgumentException.
    /// </summary>
    public static (Tensor Sign, Tensor Logarithm) SlogDet(this Tensor a) =>
        TensorDecompositions.slogdet(Bridge.Given(a)).ToValueTuple();

    /// <summary>
    /// The solution x of a·x = b for square matrices: b is a vector [n] or [...; n; k]. Singular matrices are
    /// refused.
    /// </summary>
    public static Tensor Solve(this Tensor a, Tensor b) =>
        TensorDecompositions.solve(Bridge.Given(a), Bridge.Given(b));

    /// <summary>
    /// The solution x of a·x = b for triangular matrices, of which the other triangle is not read: b is [...; n;
    /// k].
    /// </summary>
    public static Tensor TriangularSolve(this Tensor a, Tensor b, bool upper) =>
        TensorDecompositions.triangularSolve(upper, Bridge.Given(a), Bridge.Given(b));

    /// <summary>
    /// The lower triangle l with l·lᵀ = a, for symmetric positive definite matrices; others are refused.
    /// </summary>
    public static Tensor Cholesky(this Tensor a) => TensorDecompositions.cholesky(Bridge.Given(a));

    /// <summary>The solution x of l·lᵀ·x = b from a Cholesky factor l: b is [...; n; k].</summary>
    public static Tensor CholeskySolve(this Tensor l, Tensor b) =>
        TensorDecompositions.choleskySolve(Bridge.Given(l), Bridge.Given(b));

    /// <summary>
    /// Q with orthonormal columns and upper triangular R with Q·R = a. Differentiable for at least as many rows as
    /// columns.
    /// </summary>
    public static (Tensor Q, Tensor R) Qr(this Tensor a) => TensorDecompositions.qr(Bridge.Given(a)).ToValueTuple();

    /// <summary>
    /// U, S and Vᵀ with U·diag(S)·Vᵀ = a, S falling and not negative. Derivatives of U and Vᵀ exist where all S
    /// differ and for what does not depend on their signs.
    /// </summary>
    public static (Tensor U, Tensor S, Tensor Vt) Svd(this Tensor a) =>
        TensorDecompositions.svd(Bridge.Given(a)).ToValueTuple();

    /// <summary>
    /// Rising eigenvalues and, as columns, eigenvectors of symmetric matrices, of which the lower triangle is read.
    /// Derivatives of the vectors exist where all values differ and for what does not depend on their signs.
    /// </summary>
    public static (Tensor Values, Tensor Vectors) Eigh(this Tensor a) =>
        TensorDecompositions.eigh(Bridge.Given(a)).ToValueTuple();

    /// <summary>
    /// The pseudo-inverse of Moore and Penrose: [...; n; m] -&gt; [...; m; n]. Differentiable where the rank does
    /// not change.
    /// </summary>
    public static Tensor Pinv(this Tensor a) => TensorDecompositions.pinv(Bridge.Given(a));

    /// <summary>eᴬ = Σ Aᵏ/k! of square matrices.</summary>
    public static Tensor MatrixExp(this Tensor a) => TensorDecompositions.matrixExp(Bridge.Given(a));

    /// <summary>Aᵏ of square matrices, for k ≥ 0.</summary>
    public static Tensor MatrixPower(this Tensor a, int k) => TensorDecompositions.matrixPower(k, Bridge.Given(a));
}
