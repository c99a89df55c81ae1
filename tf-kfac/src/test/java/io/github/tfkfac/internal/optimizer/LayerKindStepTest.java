package io.github.tfkfac.internal.optimizer;

import static io.github.tfkfac.testing.NkfacOracle.average;
import static io.github.tfkfac.testing.NkfacOracle.normalized;
import static io.github.tfkfac.testing.NkfacOracle.preconditioned;
import static io.github.tfkfac.testing.NkfacOracle.values;
import static io.github.tfkfac.testing.NkfacOracle.withOnes;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.testing.Tensors;
import io.github.tfkfac.testing.TestGraph;
import java.util.ArrayList;
import java.util.List;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat64;

/**
 * Every kind of layer takes the step that plain linear algebra on its rows prescribes: {@code B_A D
 * B_G} with norm recovery, weight decay and momentum.
 */
class LayerKindStepTest {

  private static final double TOLERANCE = 1e-9;
  private static final long SEED = 20260801;
  private static final double LEARNING_RATE = 0.05;
  private static final double DECAY = 0.01;
  private static final int STEPS = 2;

  static List<SmallLayer> kinds() {
    return SmallLayer.all();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void takesTheStepOfThePlainOracle(SmallLayer kind) {
    int inputSize = Math.toIntExact(kind.input().size());
    double[] weight = TestGraph.random(SEED, kind.weight().size());
    double[] bias = TestGraph.random(SEED + 1, (long) kind.blocks() * kind.outputs());
    PlainLayer plain = new PlainLayer(kind, weight, bias);
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Placeholder<TFloat64> x = graph.input(kind.declared());
      Operand<TFloat64> w = graph.variable("weight", kind.weight(), weight);
      Operand<TFloat64> b =
          kind.bias() ? graph.variable("bias", Shape.of(bias.length), bias) : null;
      Operand<TFloat64> output = kind.forward().build(graph.tf, x, w, b);
      int examples = Math.toIntExact(kind.input().get(kind.batchAxis()));
      Operand<TFloat64> target = graph.input(Shape.of(-1));
      Operand<TFloat64> error =
          graph.tf.math.sub(graph.tf.reshape(output, graph.tf.constant(new int[] {-1})), target);
      Operand<TFloat64> loss =
          graph.tf.math.div(graph.halfSquare(error), graph.tf.constant((double) examples));
      Kfac optimizer =
          new Kfac(
              graph.graph,
              KfacOptions.nkfac()
                  .withLearningRate(LEARNING_RATE)
                  .withWeightDecay(DECAY)
                  .withPeriods(1, 1)
                  .strict());
      Op train = optimizer.minimize(loss);
      graph.start();
      for (int step = 0; step < STEPS; step++) {
        double[] input = TestGraph.random(SEED + 10 + step, inputSize);
        graph.feed(x, kind.input(), input);
        double[] targets = TestGraph.random(SEED + 20 + step, plain.outputs(input));
        graph.feed(target, Shape.of(targets.length), targets);
        graph.run(train);
        plain.step(input, targets, examples);
        String when = "%s, seed %d, step %d: ".formatted(kind, SEED, step);
        assertThat(Tensors.relativeError(graph.value("kfac/weight/A"), plain.inputFactors()))
            .as(when + "A")
            .isLessThanOrEqualTo(TOLERANCE);
        assertThat(Tensors.relativeError(graph.value("kfac/weight/G"), plain.outputFactors()))
            .as(when + "G")
            .isLessThanOrEqualTo(TOLERANCE);
        assertThat(Tensors.relativeError(graph.value("weight"), plain.weight))
            .as(when + "weight")
            .isLessThanOrEqualTo(TOLERANCE);
        if (kind.bias()) {
          assertThat(Tensors.relativeError(graph.value("bias"), plain.bias))
              .as(when + "bias")
              .isLessThanOrEqualTo(TOLERANCE);
        }
      }
    }
  }

  /** The layer and NKFAC's step on its blocks. */
  private static final class PlainLayer {
    private final SmallLayer kind;
    final double[] weight;
    final double[] bias;
    private final List<SimpleMatrix> inputFactors = new ArrayList<>();
    private final List<SimpleMatrix> outputFactors = new ArrayList<>();
    private final List<SimpleMatrix> momenta = new ArrayList<>();

    PlainLayer(SmallLayer kind, double[] weight, double[] bias) {
      this.kind = kind;
      this.weight = weight.clone();
      this.bias = bias.clone();
      int inputs = kind.inputs() + (kind.bias() ? 1 : 0);
      for (int block = 0; block < kind.blocks(); block++) {
        inputFactors.add(new SimpleMatrix(inputs, inputs));
        outputFactors.add(new SimpleMatrix(kind.outputs(), kind.outputs()));
        momenta.add(new SimpleMatrix(inputs, kind.outputs()));
      }
    }

    int outputs(double[] input) {
      return rows(input, 0).getNumRows() * kind.blocks() * kind.outputs();
    }

    void step(double[] input, double[] targets, int examples) {
      List<SimpleMatrix> directions = new ArrayList<>();
      double gradientSquare = 0;
      double directionSquare = 0;
      for (int block = 0; block < kind.blocks(); block++) {
        SimpleMatrix rows = rows(input, block);
        SimpleMatrix errors = rows.mult(matrix(block));
        for (int r = 0; r < errors.getNumRows(); r++) {
          for (int c = 0; c < kind.outputs(); c++) {
            int index = (r * kind.blocks() + block) * kind.outputs() + c;
            errors.set(r, c, (errors.get(r, c) - targets[index]) / examples);
          }
        }
        SimpleMatrix gradient = rows.transpose().mult(errors);
        SimpleMatrix a = rows.transpose().mult(rows).divide(rows.getNumRows());
        SimpleMatrix g = errors.transpose().mult(errors);
        inputFactors.set(block, average(inputFactors.get(block), normalized(a), 0.95));
        outputFactors.set(block, average(outputFactors.get(block), normalized(g), 0.95));
        SimpleMatrix direction =
            preconditioned(inputFactors.get(block), outputFactors.get(block), gradient);
        directions.add(direction);
        gradientSquare += Math.pow(gradient.normF(), 2);
        directionSquare += Math.pow(direction.normF(), 2);
      }
      double recovery = Math.sqrt(gradientSquare) / (Math.sqrt(directionSquare) + 1e-12);
      for (int block = 0; block < kind.blocks(); block++) {
        SimpleMatrix old = matrix(block);
        SimpleMatrix decayed = directions.get(block).scale(recovery).plus(old.scale(DECAY));
        momenta.set(block, momenta.get(block).scale(0.9).plus(decayed));
        store(block, old.minus(momenta.get(block).scale(LEARNING_RATE)));
      }
    }

    double[] inputFactors() {
      return stacked(inputFactors);
    }

    double[] outputFactors() {
      return stacked(outputFactors);
    }

    private SimpleMatrix rows(double[] input, int block) {
      SimpleMatrix rows = kind.rows().of(input, block);
      return kind.bias() ? withOnes(rows) : rows;
    }

    private SimpleMatrix matrix(int block) {
      int inputs = kind.inputs();
      SimpleMatrix matrix = new SimpleMatrix(inputs + (kind.bias() ? 1 : 0), kind.outputs());
      for (int c = 0; c < kind.outputs(); c++) {
        for (int r = 0; r < inputs; r++) {
          matrix.set(r, c, weight[kind.weightIndex().of(block, r, c)]);
        }
        if (kind.bias()) {
          matrix.set(inputs, c, bias[block * kind.outputs() + c]);
        }
      }
      return matrix;
    }

    private void store(int block, SimpleMatrix matrix) {
      for (int c = 0; c < kind.outputs(); c++) {
        for (int r = 0; r < kind.inputs(); r++) {
          weight[kind.weightIndex().of(block, r, c)] = matrix.get(r, c);
        }
        if (kind.bias()) {
          bias[block * kind.outputs() + c] = matrix.get(kind.inputs(), c);
        }
      }
    }

    private static double[] stacked(List<SimpleMatrix> matrices) {
      SimpleMatrix all = matrices.get(0);
      for (SimpleMatrix next : matrices.subList(1, matrices.size())) {
        all = all.concatRows(next);
      }
      return values(all);
    }
  }
}
