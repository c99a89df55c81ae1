package io.github.tfkfac.tools.lab.experiment.regression;

import io.github.tfkfac.PredictiveDistribution;
import io.github.tfkfac.models.data.Samples;
import io.github.tfkfac.models.layer.LayerContext;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A network for vectors, the samples that it learns from, and its loss. */
interface RegressionTask {

  /** The settings by option name, for records: model, loss, numbers of samples. */
  Map<String, String> options();

  /** A word for the samples, as in "100 planted samples". */
  String kind();

  /** The training samples of a seed. */
  Samples train(long seed);

  /** The test samples of a seed. */
  Samples test(long seed);

  /** The network's outputs {@code [N, outputs]} for inputs {@code [N, width]}. */
  Operand<TFloat32> outputs(LayerContext<TFloat32> context, Operand<TFloat32> inputs);

  /** The mean loss of a batch. */
  Operand<TFloat32> loss(Ops tf, Operand<TFloat32> outputs, Operand<TFloat32> targets);

  /** The distribution of targets whose negative logarithm the loss is. */
  PredictiveDistribution<TFloat32> predicted(Operand<TFloat32> outputs);

  /** Name of {@link #measure}, which follows {@code train_} and {@code test_} in the metrics. */
  String measured();

  /** A number {@code [N]} or {@code [N, 1]} for each sample, beside the loss. */
  Operand<TFloat32> measure(Ops tf, Operand<TFloat32> outputs, Operand<TFloat32> targets);

  /** Further entries of a run's result. */
  Map<String, Object> facts(Samples train);
}
