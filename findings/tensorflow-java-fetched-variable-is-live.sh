#!/usr/bin/env bash
# One would guess that a fetched tensor is a snapshot: the value that the variable had when `Session.run` returned, as in Python.
# In TensorFlow-Java 1.1.0 a fetched VariableV2, what `tf.variable(...)` makes, shares the variable's buffer. After the run has ended, with the tensor
# still open, later training steps change its content, also if an Identity of the variable was fetched. A resource variable's read is a snapshot.
# Met by everybody who compares weights before and after training (a test that a frozen layer stays passes whatever happens), keeps the
# best weights as tensors, or logs the size of an update.
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
    <dependency>
      <groupId>org.tensorflow</groupId><artifactId>tensorflow-core-native</artifactId><version>1.1.0</version><classifier>linux-x86_64</classifier>
    </dependency>
  </dependencies>
</project>
POM
cat > Live.java <<'JAVA'
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.TensorFlow;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

public class Live {
  static String change(Session session, Operand<TFloat32> fetched, Op step) {
    try (Result result = session.runner().fetch(fetched).run()) {
      TFloat32 value = (TFloat32) result.get(0);
      float before = value.getFloat(0);
      session.runner().addTarget(step).run();
      return before + " -> " + value.getFloat(0);
    }
  }

  public static void main(String[] arguments) {
    System.out.println("TensorFlow " + TensorFlow.version());
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> start = tf.constant(new float[] {1, 2, 3});
      Operand<TFloat32> gradient = tf.constant(new float[] {10, 10, 10});
      Operand<TFloat32> rate = tf.constant(0.1f);
      Variable<TFloat32> reference = tf.variable(start);
      Op step = tf.train.applyGradientDescent(reference, rate, gradient);
      Operand<? extends TType> handle = tf.varHandleOp(TFloat32.class, Shape.of(3));
      Op assigned = tf.assignVariableOp(handle, start);
      Operand<TFloat32> read = tf.readVariableOp(handle, TFloat32.class);
      Op resourceStep = tf.train.resourceApplyGradientDescent(handle, rate, gradient);
      try (Session session = new Session(graph)) {
        session.initialize();
        session.runner().addTarget(assigned).run();
        System.out.println("reference: " + change(session, reference, step));
        System.out.println("identity: " + change(session, tf.identity(reference), step));
        System.out.println("resource: " + change(session, read, resourceStep));
      }
    }
  }
}
JAVA
mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath -Dmdep.outputFile=classpath
javac -nowarn -cp "$(cat classpath)" Live.java
TF_CPP_MIN_LOG_LEVEL=3 java -cp ".:$(cat classpath)" Live 2> log > out || { cat log; exit 1; }
cat out
# Seen: TensorFlow 2.18.0; reference: 1.0 -> 0.0; identity: 0.0 -> -1.0; resource: 1.0 -> 1.0.
diff out - <<'SEEN'
TensorFlow 2.18.0
reference: 1.0 -> 0.0
identity: 0.0 -> -1.0
resource: 1.0 -> 1.0
SEEN
