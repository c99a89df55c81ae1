package io.github.tfkfac.testing;

import io.github.tfkfac.extension.FactorStructure;
import java.util.Arrays;
import java.util.Random;
import org.ejml.simple.SimpleMatrix;

/** Factors of every structure, and the dense matrices that they stand for. */
public final class DenseFactors {

  private DenseFactors() {}

  /** A random positive semi-definite factor in the structure's shape, its padding zero. */
  public static double[] random(FactorStructure structure, long seed) {
    Random random = new Random(seed);
    if (structure instanceof FactorStructure.Identity) {
      return new double[0];
    }
    if (structure instanceof FactorStructure.Diagonal diagonal) {
      return random.doubles(diagonal.size(), 0, 2).toArray();
    }
    int count = 1;
    int order = structure.size();
    if (structure instanceof FactorStructure.Stack stack) {
      count = stack.count();
    }
    if (structure instanceof FactorStructure.Blocks blocks) {
      count = blocks.count();
      order = blocks.blockSize();
    }
    double[] values = new double[count * order * order];
    for (int i = 0; i < count; i++) {
      SimpleMatrix samples = SimpleMatrix.random_DDRM(order, 2 * order, -1, 1, random);
      if (structure instanceof FactorStructure.Blocks) {
        for (int row = structure.size() - i * order; row < order; row++) {
          samples.setRow(row, 0, new double[2 * order]);
        }
      }
      double[] block = samples.mult(samples.transpose()).getDDRM().getData();
      System.arraycopy(block, 0, values, i * order * order, order * order);
    }
    return values;
  }

  /** The dense matrix of one group, whose diagonals may stand one after the other. */
  public static SimpleMatrix ofGroup(
      FactorStructure structure, int size, double[] values, int group) {
    if (structure.size() == size) {
      return dense(structure, values, group);
    }
    double[] part = new double[size];
    Arrays.fill(part, 1);
    if (values.length > 0) {
      System.arraycopy(values, group * size, part, 0, size);
    }
    return SimpleMatrix.diag(part);
  }

  /** The dense matrix of a factor; of the given group, if it is a stack. */
  public static SimpleMatrix dense(FactorStructure structure, double[] values, int group) {
    int size = structure.size();
    if (structure instanceof FactorStructure.Identity) {
      return SimpleMatrix.identity(size);
    }
    if (structure instanceof FactorStructure.Diagonal) {
      return SimpleMatrix.diag(values);
    }
    SimpleMatrix dense = new SimpleMatrix(size, size);
    int order = size;
    int offset = group * size * size;
    if (structure instanceof FactorStructure.Blocks blocks) {
      order = blocks.blockSize();
      offset = 0;
    }
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        int block = i / order;
        if (block == j / order) {
          int entry = ((block * order) + i % order) * order + j % order;
          dense.set(i, j, values[offset + entry]);
        }
      }
    }
    return dense;
  }
}
