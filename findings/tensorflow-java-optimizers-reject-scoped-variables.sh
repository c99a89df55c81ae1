#!/usr/bin/env bash
# One would guess that an optimizer of tensorflow-framework trains any variable: names with a slash are what `Ops.withSubScope` makes.
# In TensorFlow-Java 1.1.0 (framework 1.0.0) every optimizer that keeps slots (Momentum, Adam, AdaGrad, ...) throws IllegalArgumentException while the
# graph is built, "invalid name: 'hidden/kernel-momentum'": the slot is named after the variable, slash included, and a name given to `Ops.withName`
# must not have one. Gradient descent without slots trains the same graph. The same model without the sub-scope is trained by all of them.
# Met by everybody who orders a model by sub-scopes, and by those who load a graph of Python, where slashes are the rule.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat > pom.xml <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId><artifactId>finding</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.tensorflow</groupId><artifactId>tensorflow-core-api</artifactId><version>1.1.0</version></dependency>
    <dependency><groupId>org.tensorflow</groupId><artifactId>tensorflow-framework</artifactId><version>1.0.0</version></dependency>
    <dependency>
      <groupId>org.tensorflow</groupId><artifactId>tensorflow-core-native</artifactId><version>1.1.0</version><classifier>linux-x86_64</classifier>
    </dependency>
  </dependencies>
</project>
POM
cat > Scoped.java <<'JAVA'
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.TensorFlow;
import org.tensorflow.framework.optimizers.AdaDelta;
import org.tensorflow.framework.optimizers.AdaGrad;
import org.tensorflow.framework.optimizers.Adam;
import org.tensorflow.framework.optimizers.Adamax;
import org.tensorflow.framework.optimizers.GradientDescent;
import org.tensorflow.framework.optimizers.Momentum;
import org.tensorflow.framework.optimizers.Optimizer;
import org.tensorflow.framework.optimizers.RMSProp;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

public class Scoped {
  static String train(Function<Graph, Optimizer> optimizer, boolean scoped) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Ops place = scoped ? tf.withSubScope("hidden") : tf;
      Operand<TFloat32> kernel = place.withName("kernel").variable(tf.constant(new float[][] {{1}, {2}}));
      Operand<TFloat32> output = tf.linalg.matMul(tf.constant(new float[][] {{1, 1}}), kernel);
      Operand<TFloat32> loss = tf.math.mean(tf.math.square(output), tf.array(0, 1));
      Op step = optimizer.apply(graph).minimize(loss);
      try (Session session = new Session(graph)) {
        session.initialize();
        session.runner().addTarget(step).run();
        return "trains";
      }
    } catch (RuntimeException error) {
      return error.getClass().getSimpleName() + ": " + error.getMessage().lines().findFirst().orElse("");
    }
  }

  public static void main(String[] arguments) {
    System.out.println("TensorFlow " + TensorFlow.version());
    Map<String, Function<Graph, Optimizer>> optimizers = new LinkedHashMap<>();
    optimizers.put("GradientDescent", g -> new GradientDescent(g, 0.1f));
    optimizers.put("Momentum", g -> new Momentum(g, 0.1f, 0.9f));
    optimizers.put("Adam", g -> new Adam(g, 0.1f));
    optimizers.put("Adamax", g -> new Adamax(g, 0.1f));
    optimizers.put("AdaGrad", g -> new AdaGrad(g, 0.1f));
    optimizers.put("AdaDelta", g -> new AdaDelta(g, 0.1f));
    optimizers.put("RMSProp", g -> new RMSProp(g, 0.1f));
    optimizers.forEach((name, optimizer) ->
        System.out.println(name + " | plain: " + train(optimizer, false) + " | scoped: " + train(optimizer, true)));
  }
}
JAVA
mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath -Dmdep.outputFile=classpath
javac -nowarn -cp "$(cat classpath)" Scoped.java
TF_CPP_MIN_LOG_LEVEL=3 java -cp ".:$(cat classpath)" Scoped 2> log > out || { cat log; exit 1; }
cat out
# Seen: TensorFlow 2.18.0; all train the plain variable; of the scoped one GradientDescent alone.
cut -d "'" -f 1,2 out > short
diff short - <<'SEEN'
TensorFlow 2.18.0
GradientDescent | plain: trains | scoped: trains
Momentum | plain: trains | scoped: IllegalArgumentException: invalid name: 'hidden/kernel-momentum
Adam | plain: trains | scoped: IllegalArgumentException: invalid name: 'hidden/kernel-m
Adamax | plain: trains | scoped: IllegalArgumentException: invalid name: 'hidden/kernel-m
AdaGrad | plain: trains | scoped: IllegalArgumentException: invalid name: 'hidden/kernel-accumulator
AdaDelta | plain: trains | scoped: IllegalArgumentException: invalid name: 'hidden/kernel-accum
RMSProp | plain: trains | scoped: IllegalArgumentException: invalid name: 'hidden/kernel-rms
SEEN
